package dev.casebook.benchmarks.load;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** GETs one path again and again: the scenario that every HTTP service has. */
public final class GetScenario implements LoadScenario {
    /** Its name, under which every module has it. */
    public static final String NAME = "get";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "GETs the path of --url, or --set path=/..., over and over";
    }

    @Override
    public LoadTarget open(LoadSetup setup) throws IOException {
        String query =
                setup.uri().getRawQuery() == null ? "" : "?" + setup.uri().getRawQuery();
        String path = setup.uri().getRawPath();
        String target = setup.settings().get("path", (path == null || path.isEmpty() ? "/" : path) + query);
        byte[] request = HttpRequests.get(setup.uri(), target, Map.of());
        return HttpTarget.open(
                setup, List.of("get"), (operation, status) -> status >= 200 && status < 400, lane -> out -> {
                    out.writeBytes(request);
                    return 0;
                });
    }
}
