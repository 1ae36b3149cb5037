package dev.treadle.it.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.treadle.Workers;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

import javax.management.ObjectName;

/** Servers of one JVM, at the same time and one after the other. */
@ExtendWith(OutputCaptureExtension.class)
final class ServersInOneJvmTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static ConfigurableApplicationContext start(int port, int limit) {
        return new SpringApplicationBuilder(Small.class)
                .registerShutdownHook(false)
                .run(
                        "--server.port=" + port,
                        "--gevent=" + limit,
                        "--treadle.hubs=2",
                        "--spring.application.name=small" + limit);
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private static void serves(ConfigurableApplicationContext context) throws Exception {
        try (Pages pages = new Pages(port(context))) {
            pages.areServedByGreenlets();
            assertThat(pages.get("/actuator/health").statusCode()).isEqualTo(200);
        }
    }

    private static void servesNothingAt(int port) {
        try (Pages pages = new Pages(port)) {
            assertThatThrownBy(() -> pages.get("/thread")).isInstanceOf(IOException.class);
        }
    }

    private static int workersInJmx() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("dev.treadle:type=Workers,*"), null)
                .size();
    }

    /** Returns the threads that watch hubs: there is one for the workers of each server. */
    private static List<Thread> watches() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("treadle-watch"))
                .toList();
    }

    /** A context of another test is kept by Spring, with its hubs. */
    private final List<Thread> before = watches();

    @AfterEach
    void nothingIsLeftAndNothingWasSaid(CapturedOutput log) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(watches()).hasSameElementsAs(before));
        Pages.assertNoWarningOfOurs(log);
    }

    @Test
    void twoServeBesideEachOther() throws Exception {
        int beans = workersInJmx();
        try (ConfigurableApplicationContext one = start(0, 20);
                ConfigurableApplicationContext other = start(0, 30)) {
            serves(one);
            serves(other);
            assertThat(watches()).hasSize(before.size() + 2);
            assertThat(workersInJmx()).isEqualTo(beans + 2);
            assertThat(one.getBean(Workers.class).stats().gate().limit()).isEqualTo(20);
            assertThat(other.getBean(Workers.class).stats().gate().limit()).isEqualTo(30);

            SpringApplication.exit(one);
            serves(other);
            assertThat(workersInJmx()).isEqualTo(beans + 1);
        }
        assertThat(workersInJmx()).isEqualTo(beans);
    }

    @Test
    void oneIsClosedAndAnotherStartsOnItsPort() throws Exception {
        int port;
        try (ConfigurableApplicationContext first = start(0, 20)) {
            port = port(first);
            serves(first);
        }
        servesNothingAt(port);
        try (ConfigurableApplicationContext second = start(port, 30)) {
            assertThat(port(second)).isEqualTo(port);
            serves(second);
        }
        servesNothingAt(port);
    }

    private static boolean isOnUndertow() {
        return ClassUtils.isPresent("io.undertow.Undertow", Small.class.getClassLoader());
    }

    /**
     * {@code stop} and {@code start} of the same context, which keeps its beans. Boot cannot do it
     * with Undertow, with Treadle or without: its deployment is destroyed, and a server that starts
     * again answers 503. With Treadle the start fails.
     */
    @Test
    void oneIsStoppedAndStartsAgain() throws Exception {
        if (isOnUndertow()) {
            try (ConfigurableApplicationContext context = start(0, 20)) {
                serves(context);
                context.stop();
                assertThatThrownBy(context::start)
                        .isInstanceOf(ApplicationContextException.class)
                        .hasRootCauseMessage("UT015023: This Context has been already destroyed");
            }
            return;
        }
        try (ConfigurableApplicationContext context = start(0, 20)) {
            for (int i = 0; i < 3; i++) {
                serves(context);
                int port = port(context);
                context.stop();
                servesNothingAt(port);
                context.start();
            }
            serves(context);
            assertThat(context.getBean(Workers.class).stats().ready()).isTrue();
        }
    }
}
