package dev.casebook.urlshortener.fault;

import dev.casebook.backing.ServerProcess;

/** How a server goes away, and how it comes back. */
enum Fault {
    /** SIGKILL: connections break, new ones are refused. */
    KILLED {
        @Override
        void begin(ServerProcess server) {
            server.kill();
        }

        @Override
        void end(ServerProcess server) {
            server.restart();
        }
    },
    /** SIGSTOP: connections stay open and nothing answers. */
    HUNG {
        @Override
        void begin(ServerProcess server) {
            server.pause();
        }

        @Override
        void end(ServerProcess server) {
            server.resume();
        }
    };

    abstract void begin(ServerProcess server);

    abstract void end(ServerProcess server);
}
