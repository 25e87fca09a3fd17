package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.DomainRedirects;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import dev.casebook.urlshortener.link.Domains;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.NormalizedUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code /rest/v3/domains}: the hosts that links live on, and where they lead visitors who met none. Handlers block. */
final class DomainsEndpoint {
    private static final String BASE_URL = "baseUrlRedirect";
    private static final String REGULAR_404 = "regular404Redirect";
    private static final String INVALID_SHORT_URL = "invalidShortUrlRedirect";
    private static final NotFoundRedirects NO_REDIRECTS = new NotFoundRedirects(null, null, null);

    private final LinkService links;
    private final Domains domains;
    private final Supplier<? extends Collection<String>> used;
    private final DomainRedirectsStore redirects;

    DomainsEndpoint(
            LinkService links,
            Domains domains,
            Supplier<? extends Collection<String>> used,
            DomainRedirectsStore redirects) {
        this.links = links;
        this.domains = domains;
        this.used = used;
        this.redirects = redirects;
    }

    record NotFoundRedirects(
            @Nullable String baseUrlRedirect,
            @Nullable String regular404Redirect,
            @Nullable String invalidShortUrlRedirect) {
        static NotFoundRedirects of(DomainRedirects redirects) {
            return new NotFoundRedirects(redirects.baseUrl(), redirects.regular404(), redirects.invalidShortUrl());
        }
    }

    record DomainJson(String domain, boolean isDefault, NotFoundRedirects redirects) {}

    record DomainList(List<DomainJson> data, NotFoundRedirects defaultRedirects) {}

    /** All domains known, in the form of {@code LinkKey.domain}: those with links and those with redirects. */
    Set<String> known() {
        return known(redirects.all());
    }

    private Set<String> known(Map<String, DomainRedirects> all) {
        Set<String> known = new TreeSet<>(used.get());
        known.addAll(all.keySet());
        known.add("");
        return known;
    }

    Reply list(Request request) {
        Caller caller = Caller.of(request);
        Map<String, DomainRedirects> all = redirects.all();
        List<DomainJson> data = new ArrayList<>();
        for (String domain : known(all)) {
            if (caller.visibility().coversDomain(domain)) {
                data.add(new DomainJson(
                        domains.hostOf(domain),
                        domain.isEmpty(),
                        NotFoundRedirects.of(all.getOrDefault(domain, DomainRedirects.NONE))));
            }
        }
        return Reply.json(200, Map.of("domains", new DomainList(data, NO_REDIRECTS)));
    }

    /** Changes what the body names: null takes a redirect away, an absent member leaves it. */
    Reply setRedirects(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        JsonBody body = JsonBody.of(request);
        String asked = body.text("domain");
        String domain = null;
        if (asked != null
                && !asked.isBlank()
                && domains.canonical(asked) instanceof Checked.Accepted<String> accepted) {
            domain = accepted.value();
        } else {
            body.reject("domain");
        }
        String baseUrl = destination(body, BASE_URL, domain);
        String regular404 = destination(body, REGULAR_404, domain);
        String invalidShortUrl = destination(body, INVALID_SHORT_URL, domain);
        body.check();
        if (domain == null) {
            throw new IllegalStateException("checked above");
        }
        if (caller.visibility().createdBy() != null || !caller.visibility().coversDomain(domain)) {
            throw new ProblemException(
                    ShlinkProblems.forbidden("This API key may not change redirects of " + domains.hostOf(domain)));
        }
        DomainRedirects changed = redirects.change(
                domain,
                now -> new DomainRedirects(
                        body.has(BASE_URL) ? baseUrl : now.baseUrl(),
                        body.has(INVALID_SHORT_URL) ? invalidShortUrl : now.invalidShortUrl(),
                        body.has(REGULAR_404) ? regular404 : now.regular404()));
        return Reply.json(200, NotFoundRedirects.of(changed));
    }

    /**
     * Kept as typed, since normalising would encode the braces of placeholders; what is checked is the whole of it. It must not
     * lead to the very domain either, which may be new and so not known to be this service's.
     */
    private @Nullable String destination(JsonBody body, String name, @Nullable String domain) {
        String url = body.text(name);
        if (url != null
                && !(links.destination(url) instanceof Checked.Accepted<NormalizedUrl>(NormalizedUrl elsewhere)
                        && !elsewhere.host().equals(domain))) {
            body.reject(name);
        }
        return url == null ? null : url.strip();
    }
}
