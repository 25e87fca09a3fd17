package dev.casebook.backing;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.OptionalInt;

/** An embedded server and the process it runs in. */
record Started<S extends EmbeddedServer>(S server, ServerProcess process) {
    @FunctionalInterface
    interface Kind<S> {
        S in(ServiceFolder folder, BinaryCache cache) throws IOException;
    }

    /** Starts a server that keeps everything in the folder {@code name} of {@code dataDir}. */
    static <S extends EmbeddedServer> Started<S> in(Path dataDir, String name, OptionalInt port, Kind<S> kind) {
        try {
            ServiceFolder folder = ServiceFolder.take(dataDir.resolve(name));
            boolean started = false;
            try {
                S server = kind.in(folder, BinaryCache.open(dataDir));
                ServerProcess process = ServerProcess.start(server, folder, port, new Ports(new SecureRandom()));
                started = true;
                return new Started<>(server, process);
            } finally {
                if (!started) {
                    folder.close();
                }
            }
        } catch (IOException e) {
            throw new BackingServiceException(
                    "can't start the embedded " + name + " in " + dataDir.toAbsolutePath() + ": " + e, e);
        }
    }
}
