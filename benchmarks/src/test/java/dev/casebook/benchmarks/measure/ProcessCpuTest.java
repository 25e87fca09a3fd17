package dev.casebook.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.casebook.common.lifecycle.ListeningProcess;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ProcessCpuTest {
    @Test
    void seesTheTimeThisProcessBurns() {
        ProcessCpu self = new ProcessCpu(ProcessHandle.current().pid());
        Duration before = self.used();
        long cpuBefore = cpuNanos();

        long sink = 0;
        while (cpuNanos() - cpuBefore < 200_000_000) {
            sink += System.nanoTime();
        }

        assertThat(sink).isNotZero();
        assertThat(self.used().minus(before)).isGreaterThan(Duration.ofMillis(150));
        assertThat(self.microsPerOperation(before, 1000)).isGreaterThan(150);
    }

    @Test
    void namesAProcessThatDoesNotExist() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new ProcessCpu(Integer.MAX_VALUE).used())
                .withMessageContaining("2147483647");
    }

    @Test
    void findsTheProcessThatListensOnAPort() throws Exception {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "reads /proc");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(new ListeningProcess().on(socket.getLocalPort()))
                    .isEqualTo(OptionalLong.of(ProcessHandle.current().pid()));
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
