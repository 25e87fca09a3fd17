package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.LinkKey;

/** Learns of keys that change anywhere in the cluster. Called on I/O threads: must not block or throw. */
public interface KeyObserver {
    /** An observer that looks away. */
    KeyObserver NONE = new KeyObserver() {
        @Override
        public void changed(LinkKey key) {}

        @Override
        public void mayHaveMissedChanges() {}
    };

    /** A change of the key was published; it may be the key's first. */
    void changed(LinkKey key);

    /** Changes between the last loss of Redis and now were not heard. */
    void mayHaveMissedChanges();
}
