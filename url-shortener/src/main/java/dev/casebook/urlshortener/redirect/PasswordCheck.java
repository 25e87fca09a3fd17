package dev.casebook.urlshortener.redirect;

/** Whether a password is the one that was hashed. Slow on purpose and in constant time; safe for concurrent use. */
@FunctionalInterface
public interface PasswordCheck {
    boolean matches(String password, String hash);
}
