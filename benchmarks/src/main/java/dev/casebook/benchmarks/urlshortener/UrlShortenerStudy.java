package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.CaseStudy;
import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.load.LoadScenario;
import java.util.List;

/** What the URL shortener brings to be loaded and experimented with. */
public final class UrlShortenerStudy implements CaseStudy {
    @Override
    public String module() {
        return "url-shortener";
    }

    @Override
    public List<LoadScenario> loadScenarios() {
        return LinkTraffic.SCENARIOS;
    }

    @Override
    public List<Lab> labs() {
        return List.of(
                new StampedeLab(),
                new InvalidationLab(),
                OutageLab.redis(),
                OutageLab.kafka(),
                new AggregatorKillsLab(),
                new RedirectCostLab(),
                new SharedTierLab(),
                new CreatesLab(),
                new HotLinkLab(),
                new PermanentRedirectsLab(),
                new IdStrategiesLab(),
                new GrowthLab(),
                new CacheTiersLab());
    }
}
