package dev.casebook.benchmarks.lab;

/** A program of the system is not installed; the message says which package has it. */
public final class MissingToolException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingToolException(Tool tool) {
        super(tool.command() + " is not installed. On Debian or Ubuntu: apt-get install " + tool.debianPackage());
    }
}
