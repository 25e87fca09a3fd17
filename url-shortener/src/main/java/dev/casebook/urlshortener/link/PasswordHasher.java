package dev.casebook.urlshortener.link;

/** Turns a link's password into what may be stored. Slow on purpose; safe for concurrent use. */
@FunctionalInterface
public interface PasswordHasher {
    /** A salted hash that names its algorithm and cost. */
    String hash(String password);
}
