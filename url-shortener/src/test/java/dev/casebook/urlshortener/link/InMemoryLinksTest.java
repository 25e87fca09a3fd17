package dev.casebook.urlshortener.link;

import java.time.InstantSource;

/** The model keeps the contract itself. */
class InMemoryLinksTest extends LinkRepositoryContract {
    private final InMemoryLinks links = new InMemoryLinks(InstantSource.fixed(NOW));

    @Override
    protected LinkRepository repository() {
        return links;
    }
}
