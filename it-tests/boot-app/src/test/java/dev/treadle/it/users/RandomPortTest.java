package dev.treadle.it.users;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;

import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Tests of users with a server, of two contexts that differ. Spring keeps a context for the next
 * test that wants the same. Spring 7 pauses it meanwhile, as far as its beans let it.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
final class RandomPortTest {
    private static int firstPort;

    /** The checks of each of them. */
    @ExtendWith(OutputCaptureExtension.class)
    abstract static class Contract {
        @Autowired private Workers workers;

        @Value("${local.server.port}")
        private int port;

        private final int limit;

        Contract(int limit) {
            this.limit = limit;
        }

        int port() {
            return port;
        }

        @Test
        void pagesAreServedByGreenlets(CapturedOutput log) throws Exception {
            assertThat(workers.settings().limit()).isEqualTo(limit);
            assertThat(workers.stats().ready()).isTrue();
            try (Pages pages = new Pages(port)) {
                pages.areServedByGreenlets();
                assertThat(pages.get("/actuator/health").statusCode()).isEqualTo(200);
            }
            Pages.assertNoWarningOfOurs(log);
        }
    }

    @Nested
    @Order(1)
    @SpringBootTest(
            classes = Small.class,
            webEnvironment = WebEnvironment.RANDOM_PORT,
            properties = "treadle.gevent=50")
    final class FirstTest extends Contract {
        FirstTest() {
            super(50);
        }

        @Test
        void itHasAPort() {
            firstPort = port();
        }
    }

    @Nested
    @Order(2)
    @SpringBootTest(
            classes = Small.class,
            webEnvironment = WebEnvironment.RANDOM_PORT,
            properties = {"treadle.gevent=60", "spring.main.lazy-initialization=true"})
    final class OtherTest extends Contract {
        OtherTest() {
            super(60);
        }

        /** Boot's web server is not paused, so its workers must not be. */
        @Test
        void theServerOfTheFirstGoesOn() throws Exception {
            assertThat(firstPort).isPositive().isNotEqualTo(port());
            try (Pages pages = new Pages(firstPort)) {
                pages.areServedByGreenlets();
            }
        }
    }

    @Nested
    @Order(3)
    @SpringBootTest(
            classes = Small.class,
            webEnvironment = WebEnvironment.RANDOM_PORT,
            properties = "treadle.gevent=50")
    final class FirstAgainTest extends Contract {
        FirstAgainTest() {
            super(50);
        }

        @Test
        void itIsTheSame() {
            assertThat(port()).isEqualTo(firstPort);
        }
    }
}
