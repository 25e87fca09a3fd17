package dev.casebook.backing;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How to run a server that refuses to be root, which PostgreSQL is.
 *
 * <p>An ordinary user just runs it. For root there are two ways, tried in this order:
 *
 * <ol>
 *   <li>{@code unshare --user}: in a user namespace without a mapping the process sees itself, and the owner of root's files, as the overflow
 *       user (65534). Outside it is still the owner of its files, so nothing has to change hands and folders only root may enter
 *       ({@code /root}) stay usable, yet it holds no capability over the rest of the system. Containers often forbid it.
 *   <li>{@code setpriv} to an unprivileged user who is given the data. So that this user gets through folders only root may enter, it keeps
 *       {@code CAP_DAC_OVERRIDE} where the system lets it.
 * </ol>
 *
 * <p>Data that already belongs to an ordinary user (who now started this with {@code sudo}) stays theirs, by the second way.
 */
sealed interface UnprivilegedUser {
    /** "nobody" on every Linux, by the kernel's own choice of overflow id. */
    int NOBODY = 65_534;

    int PROBE_SECONDS_MAX = 10;

    /** Makes {@code data}, an existing folder, the user's. */
    void own(Path data) throws IOException;

    /** {@code command}, to be run as the user. */
    List<String> wrap(List<String> command);

    record Myself() implements UnprivilegedUser {
        @Override
        public void own(Path data) {}

        @Override
        public List<String> wrap(List<String> command) {
            return command;
        }
    }

    record UserNamespace() implements UnprivilegedUser {
        @Override
        public void own(Path data) {}

        @Override
        public List<String> wrap(List<String> command) {
            return concat(List.of("unshare", "--user", "--"), command);
        }
    }

    record OtherUser(int uid, List<String> options) implements UnprivilegedUser {
        @Override
        public void own(Path data) throws IOException {
            if (ownerOf(data) != uid) {
                FileTrees.own(data, uid);
            }
        }

        @Override
        public List<String> wrap(List<String> command) {
            return concat(setpriv(uid, options), command);
        }
    }

    /** The way for this process and {@code data}, an existing folder. */
    static UnprivilegedUser forDataIn(Path data, Platform platform) throws IOException {
        if (!isRoot(platform)) {
            return new Myself();
        }
        if (platform.os() != Platform.Os.LINUX) {
            throw new BackingServiceException(
                    "PostgreSQL refuses to run as root. Start this as an ordinary user, or give --postgres a jdbc: URL.");
        }
        int owner = ownerOf(data);
        if (owner == 0 && succeeds(List.of("unshare", "--user", "--", "true"))) {
            return new UserNamespace();
        }
        int uid = owner == 0 ? NOBODY : owner;
        List<String> entersAnyFolder = List.of(
                "--securebits=+no_setuid_fixup", "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override");
        for (List<String> options : List.of(entersAnyFolder, List.<String>of())) {
            if (succeeds(concat(setpriv(uid, options), List.of("true")))) {
                return new OtherUser(uid, options);
            }
        }
        throw new BackingServiceException(
                "PostgreSQL refuses to run as root, and neither \"unshare --user\" nor \"setpriv\" (util-linux)"
                        + " works here. Start this as an ordinary user, or give --postgres a jdbc: URL.");
    }

    private static boolean isRoot(Platform platform) throws IOException {
        return switch (platform.os()) {
            case LINUX -> ownerOf(Path.of("/proc/self")) == 0;
            case MACOS -> "root".equals(System.getProperty("user.name"));
        };
    }

    private static int ownerOf(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid");
    }

    private static List<String> setpriv(int uid, List<String> options) {
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"));
        command.addAll(options);
        command.add("--");
        return command;
    }

    private static boolean succeeds(List<String> command) throws IOException {
        Process probe;
        try {
            probe = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false; // no such program
        }
        try {
            if (probe.waitFor(PROBE_SECONDS_MAX, TimeUnit.SECONDS)) {
                return probe.exitValue() == 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        probe.destroyForcibly();
        return false;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
