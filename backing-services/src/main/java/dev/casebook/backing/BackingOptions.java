package dev.casebook.backing;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of every service that stands on backing services, for {@code @Mixin}. */
public final class BackingOptions {
    @Option(
            names = "--postgres",
            paramLabel = "embedded|jdbc:...",
            defaultValue = "embedded",
            description =
                    "PostgreSQL: \"embedded\" (kept in the data folder; \"embedded:PORT\" to choose its port) or the URL of one you run,"
                            + " like jdbc:postgresql://localhost:5432/casebook?user=USER&password=PASSWORD. Default: ${DEFAULT-VALUE}")
    private String postgres = Setting.EMBEDDED;

    @Option(
            names = "--redis",
            paramLabel = "embedded|redis://...",
            defaultValue = "embedded",
            description =
                    "Redis: \"embedded\" or the address of one you run, like redis://localhost:6379. Default: ${DEFAULT-VALUE}")
    private String redis = Setting.EMBEDDED;

    @Option(
            names = "--kafka",
            paramLabel = "embedded|host:port",
            defaultValue = "embedded",
            description =
                    "Kafka: \"embedded\" or bootstrap servers you run, like localhost:9092. Default: ${DEFAULT-VALUE}")
    private String kafka = Setting.EMBEDDED;

    public String postgres() {
        return postgres;
    }

    public String redis() {
        return redis;
    }

    public String kafka() {
        return kafka;
    }

    /** All three, as the options say. A service that needs fewer passes these settings on by itself. */
    public BackingServices.Builder builder(Path dataDir) {
        return BackingServices.builder(dataDir).postgres(postgres).redis(redis).kafka(kafka);
    }
}
