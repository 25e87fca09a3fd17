package dev.casebook.urlshortener;

import dev.casebook.urlshortener.link.CreateLink;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.Visibility;
import java.util.List;
import java.util.Set;

/** A few links for a new installation, so that its page shows something at once. */
final class SampleLinks {
    private SampleLinks() {}

    static void make(LinkService links) {
        links.createAll(
                Visibility.ALL,
                List.of(
                        CreateLink.to("https://www.rfc-editor.org/rfc/rfc9110#name-redirection-3xx")
                                .customSlug("redirects")
                                .title("RFC 9110: redirection")
                                .tags(Set.of("rfc", "http"))
                                .build(),
                        CreateLink.to("https://redis.io/docs/latest/develop/reference/client-side-caching/")
                                .customSlug("tracking")
                                .title("Redis: server-assisted client-side caching")
                                .tags(Set.of("redis", "cache"))
                                .build(),
                        CreateLink.to("https://kafka.apache.org/documentation/#semantics")
                                .customSlug("semantics")
                                .title("Kafka: delivery semantics, and another page for phones")
                                .tags(Set.of("kafka"))
                                .rules(List.of(new RedirectRule(
                                        1,
                                        "https://kafka.apache.org/intro",
                                        List.of(new RedirectRule.Condition(RedirectRule.Type.DEVICE, null, "mobile")))))
                                .build(),
                        CreateLink.to("https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT")
                                .title("A generated code")
                                .tags(Set.of("postgresql"))
                                .build()));
    }
}
