package dev.casebook.urlshortener.link;

import java.util.List;

/**
 * Tells every node's caches that a key has changed. Called after commit; the same change also stands in the outbox, from
 * which it is published again should this call fail or the process die before it, so it must be idempotent.
 */
@FunctionalInterface
public interface LinkChangePublisher {
    /**
     * Publishes one change; returns when the shared tier has taken it.
     *
     * @throws RuntimeException when it did not: the outbox keeps the change and tries again
     */
    void publish(LinkChange change);

    /**
     * Publishes the changes of one transaction; an implementation may send them together.
     *
     * @throws RuntimeException when at least one was not taken
     */
    default void publishAll(List<LinkChange> changes) {
        changes.forEach(this::publish);
    }
}
