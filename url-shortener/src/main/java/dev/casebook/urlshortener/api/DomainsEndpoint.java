package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Domains;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /rest/v3/domains}: the hosts that links live on. Handlers block. */
final class DomainsEndpoint {
    private static final NotFoundRedirects NO_REDIRECTS = new NotFoundRedirects(null, null, null);

    private final Domains domains;
    private final Supplier<? extends Collection<String>> used;

    DomainsEndpoint(Domains domains, Supplier<? extends Collection<String>> used) {
        this.domains = domains;
        this.used = used;
    }

    record NotFoundRedirects(
            @Nullable String baseUrlRedirect,
            @Nullable String regular404Redirect,
            @Nullable String invalidShortUrlRedirect) {}

    record DomainJson(String domain, boolean isDefault, NotFoundRedirects redirects) {}

    record DomainList(List<DomainJson> data, NotFoundRedirects defaultRedirects) {}

    Reply list(Request request) {
        Caller caller = Caller.of(request);
        List<DomainJson> data = new ArrayList<>();
        if (caller.visibility().coversDomain("")) {
            data.add(new DomainJson(domains.defaultHost(), true, NO_REDIRECTS));
        }
        used.get().stream()
                .filter(domain -> !domain.isEmpty() && caller.visibility().coversDomain(domain))
                .sorted()
                .forEach(domain -> data.add(new DomainJson(domain, false, NO_REDIRECTS)));
        return Reply.json(200, Map.of("domains", new DomainList(data, NO_REDIRECTS)));
    }
}
