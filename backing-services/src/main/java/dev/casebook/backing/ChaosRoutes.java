package dev.casebook.backing;

import dev.casebook.backing.ChaosSwitches.Fault;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.common.http.Routes;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link ChaosSwitches} over HTTP: {@code GET path} lists the servers, {@code PUT path/{server}?fault=pause|kill&seconds=10} begins a fault, {@code DELETE path/{server}}
 * ends it. Handlers block.
 */
public final class ChaosRoutes {
    private static final String SECONDS_DEFAULT = "10";

    private final @Nullable ChaosSwitches switches;
    private final Consumer<Request> permission;

    private ChaosRoutes(@Nullable ChaosSwitches switches, Consumer<Request> permission) {
        this.switches = switches;
        this.permission = permission;
    }

    /**
     * Adds the routes.
     *
     * @param switches null when the service was started without: the list then is empty and the others are 404 and say how to get them
     * @param permission throws {@link ProblemException} for a caller who may not hurt servers; everybody may look
     */
    public static void add(Routes routes, String path, @Nullable ChaosSwitches switches, Consumer<Request> permission) {
        ChaosRoutes chaos = new ChaosRoutes(switches, permission);
        routes.blocking(HttpMethod.GET, path, chaos::list)
                .blocking(HttpMethod.PUT, path + "/{server}", chaos::inflict)
                .blocking(HttpMethod.DELETE, path + "/{server}", chaos::heal);
    }

    private Reply list(Request request) {
        List<Map<String, Object>> states = new ArrayList<>();
        if (switches != null) {
            switches.states().forEach(state -> states.add(json(state)));
        }
        return Reply.json(200, Map.of("enabled", switches != null, "data", states))
                .withHeader("cache-control", "no-store");
    }

    private Reply inflict(Request request) {
        ChaosSwitches all = permitted(request);
        ChaosSwitches.State before = state(all, request);
        Fault fault = fault(request.query("fault").orElse(""));
        Duration duration = seconds(request.query("seconds").orElse(SECONDS_DEFAULT));
        if (before.fault() == null) {
            ChaosSwitches.State after = all.inflict(before.server(), fault, duration);
            if (after.fault() == fault) {
                return Reply.json(200, json(after));
            }
            before = after;
        }
        throw ProblemException.of(
                409,
                "fault-in-force",
                "A fault is in force",
                before.server() + " is hurt already (" + name(before.fault()) + "): DELETE heals it");
    }

    private Reply heal(Request request) {
        ChaosSwitches all = permitted(request);
        return Reply.json(200, json(all.heal(state(all, request).server())));
    }

    private ChaosSwitches permitted(Request request) {
        permission.accept(request);
        if (switches == null) {
            throw ProblemException.of(
                    404,
                    "chaos-off",
                    "Chaos switches are off",
                    "Start the service with --chaos to hurt its embedded servers");
        }
        return switches;
    }

    private static ChaosSwitches.State state(ChaosSwitches all, Request request) {
        String server = request.pathParameter("server");
        Optional<ChaosSwitches.State> state = all.state(server);
        return state.orElseThrow(() -> ProblemException.of(
                404,
                "no-such-server",
                "No such server",
                "No embedded server has this name; there are: "
                        + String.join(
                                ", ",
                                all.states().stream()
                                        .map(ChaosSwitches.State::server)
                                        .toList())));
    }

    private static Fault fault(String name) {
        for (Fault fault : Fault.values()) {
            if (name.equals(name(fault))) {
                return fault;
            }
        }
        throw ProblemException.of(400, "bad-fault", "Bad fault", "fault must be pause or kill");
    }

    private static Duration seconds(String text) {
        try {
            Duration duration = Duration.ofSeconds(Integer.parseInt(text));
            if (duration.isPositive() && duration.compareTo(ChaosSwitches.DURATION_MAX) <= 0) {
                return duration;
            }
        } catch (NumberFormatException e) {
            // answered like a number out of bounds
        }
        throw ProblemException.of(
                400, "bad-seconds", "Bad seconds", "seconds must be 1 to " + ChaosSwitches.DURATION_MAX.toSeconds());
    }

    private static Map<String, Object> json(ChaosSwitches.State state) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("server", state.server());
        json.put("fault", name(state.fault()));
        Instant healsAt = state.healsAt();
        json.put("healsAt", healsAt == null ? null : healsAt.toString());
        return json;
    }

    private static @Nullable String name(@Nullable Fault fault) {
        return fault == null ? null : fault.name().toLowerCase(Locale.ROOT);
    }
}
