package dev.casebook.benchmarks.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LiveLineTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void aTerminalsLineIsRedrawnInPlaceCutAndWiped() {
        try (LiveLine line = new LiveLine(out, true, 10, nanos::get)) {
            line.update("one");
            line.update("longer than ten columns");
        }

        assertThat(text()).isEqualTo("\rone\u001b[K\rlonger th\u001b[K" + "\r\u001b[K");
    }

    @Test
    void offATerminalALineComesEveryTenSeconds() {
        try (LiveLine line = new LiveLine(out, false, 80, nanos::get)) {
            for (int second = 0; second <= 25; second++) {
                nanos.set(TimeUnit.SECONDS.toNanos(second));
                line.update("at " + second);
            }
        }

        assertThat(text().lines()).containsExactly("at 10", "at 20");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
