package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The commands that ask a server, with the id of its process in place of an address. */
class AttachTest {
    private static final int N = 4;

    private static TreadleProcess server(String... options) throws Exception {
        return server(List.of(), options);
    }

    private static TreadleProcess server(List<String> jvmOptions, String... options)
            throws Exception {
        List<String> all = new ArrayList<>(List.of("demo-server", "--http=127.0.0.1:0"));
        all.addAll(List.of(options));
        TreadleProcess server = TreadleProcess.launcherWith(jvmOptions, all.toArray(String[]::new));
        server.startLine();
        return server;
    }

    private static String command(String... arguments) throws Exception {
        try (TreadleProcess command = TreadleProcess.launcher(arguments)) {
            assertThat(command.exitCode()).as(command.err()).isZero();
            assertThat(command.err()).isEmpty();
            return command.out();
        }
    }

    @Test
    void commandsAskAProcessByItsId() throws Exception {
        // the request takes longer than all commands
        try (TreadleProcess server = server("--gevent=" + N, "--sleep=3600s");
                Socket client =
                        new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            client.getOutputStream()
                    .write("GET /orders HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            String pid = String.valueOf(server.pid());
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(command("requests", pid)).contains("  GET /orders"));
            assertThat(command("stacks", "--server=Tomcat", pid))
                    .contains(
                            "1 requests, sleep in dev.treadle.launcher.sleeper.SleepServlet.doGet");
            assertThat(command("top", pid))
                    .startsWith("treadle " + pid + " Tomcat  Tomcat ")
                    .contains("inside 1 of " + N);
            assertThat(command("switch", pid, "gevent=5")).startsWith("gevent 5 ");
            assertThat(command("top", pid)).contains("inside 1 of 5");
        }
    }

    @Test
    void aProcessThatCannotBeAskedIsSaid() throws Exception {
        try (TreadleProcess server = server("--virtual=2")) {
            String pid = String.valueOf(server.pid());
            refused(
                            2,
                            "--server: None (expected: the name of a server in process "
                                    + pid
                                    + ": Tomcat)")
                    .by("top", "--server=None", pid);
            refused(2, "ADDRESS: " + pid + " (expected: an address, such as :" + pid)
                    .by("drain", pid);
            refused(2, "--token: none (expected: an address").by("top", "--token=none", pid);
        }
        refused(2, "PID: 123456789012 (expected: ", "no such process", ":123456789012")
                .by("top", "123456789012");
        // the JVM of this test
        refused(2, "this JVM runs no server with Treadle")
                .by("top", String.valueOf(ProcessHandle.current().pid()));
        Process noJvm = new ProcessBuilder("sleep", "600").start();
        try {
            refused(1, "PID: " + noJvm.pid() + " (expected: ", "it is no JVM")
                    .by("top", String.valueOf(noJvm.pid()));
        } finally {
            noJvm.destroy();
        }
        try (TreadleProcess closed =
                server(List.of("-XX:+DisableAttachMechanism"), "--virtual=2")) {
            refused(1, "-XX:+DisableAttachMechanism forbids it")
                    .by("top", String.valueOf(closed.pid()));
        }
    }

    @FunctionalInterface
    private interface Refused {
        void by(String... arguments) throws Exception;
    }

    private static Refused refused(int exitCode, String... messages) {
        return arguments -> {
            try (TreadleProcess command = TreadleProcess.launcher(arguments)) {
                assertThat(command.exitCode()).as(command.err()).isEqualTo(exitCode);
                assertThat(command.err()).startsWith("treadle: ").contains(messages);
            }
        };
    }
}
