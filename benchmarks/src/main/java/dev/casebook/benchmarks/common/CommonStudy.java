package dev.casebook.benchmarks.common;

import dev.casebook.benchmarks.CaseStudy;
import dev.casebook.benchmarks.common.ring.ResizeLab;
import dev.casebook.benchmarks.lab.Lab;
import java.util.List;

/** The experiments with what all modules share; {@code common} serves nothing, so nothing loads it. */
public final class CommonStudy implements CaseStudy {
    @Override
    public String module() {
        return "common";
    }

    @Override
    public List<Lab> labs() {
        return List.of(new ResizeLab());
    }
}
