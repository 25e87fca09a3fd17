package dev.casebook.urlshortener.link;

/** What became of a {@link CreateLink}. Only {@link Created} wrote anything. */
public sealed interface CreateResult {
    /** A new link stands committed. */
    record Created(Link link) implements CreateResult {}

    /** {@code findIfExists} was asked and this link was equal. */
    record Existing(Link link) implements CreateResult {}

    /**
     * The same request was made before under the same idempotency key; this is the link it made, as it stands now.
     */
    record Replayed(Link link) implements CreateResult {}

    /** A live link holds the custom slug (HTTP 409). */
    record SlugTaken(LinkKey key) implements CreateResult {}

    /** The request breaks a rule (HTTP 400). */
    record Rejected(Rejection rejection) implements CreateResult {}

    /** The idempotency key was used before with a different request (HTTP 422). */
    record IdempotencyKeyReused(String idempotencyKey) implements CreateResult {}

    /** The link that this idempotency key made has been deleted since; making it anew would not be idempotent (HTTP 409). */
    record CreatedThenDeleted(LinkKey key) implements CreateResult {}

    /** Every generated candidate was taken (HTTP 503): the strategy's space is too full or its state was lost. */
    record NoFreeCode(int attempts) implements CreateResult {}
}
