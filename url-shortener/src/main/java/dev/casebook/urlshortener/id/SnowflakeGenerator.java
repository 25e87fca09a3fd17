package dev.casebook.urlshortener.id;

import dev.casebook.common.codec.Base62;
import dev.casebook.common.id.IdUnavailableException;
import dev.casebook.common.id.Snowflake;

/**
 * Codes that are Snowflake ids in Base62: no shared counter on the way, up to 11 characters, never two alike. The price: they
 * are long, they tell when and on which node they were made, and a neighbour in time is easily guessed. Thread-safe.
 */
public final class SnowflakeGenerator implements ShortCodeGenerator {
    private final Snowflake snowflake;

    /** Makes codes of a generator, which holds the lease on its worker id. */
    public SnowflakeGenerator(Snowflake snowflake) {
        this.snowflake = snowflake;
    }

    @Override
    public String next(String longUrl, int attempt) {
        try {
            return Base62.encode(snowflake.next());
        } catch (IdUnavailableException unavailable) {
            throw new ShortCodesUnavailableException("no id to be had: " + unavailable.getMessage(), unavailable);
        }
    }

    @Override
    public String name() {
        return "snowflake";
    }
}
