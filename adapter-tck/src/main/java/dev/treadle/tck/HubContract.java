package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** The carriers of the hubs, and the cost for other requests when one request holds a hub. */
public interface HubContract extends GateContract {
    /** The prefix of the names of the hub's own threads. */
    String OWN_THREAD = "treadle-hub-";

    private WorkerSettings.Builder hubs(int hubs, boolean loop) {
        WorkerSettings.Builder settings = WorkerSettings.builder().gevent(100).hubs(hubs);
        // left to the default where asking for loops would be refused
        return loop && gaps().contains(Gap.NO_HUB_LOOPS) ? settings : settings.hubLoop(loop);
    }

    private static String carrier(Client connection) throws Exception {
        return connection.get("/carrier").text();
    }

    /** The threads that carry the hubs, seen by many requests. */
    private static Set<String> carriers(TckRun run) throws Exception {
        Set<String> carriers = new TreeSet<>();
        // where a container spreads connections by a hash of their ports, chance has a part
        for (int i = 0; i < 64; i++) {
            try (RawClient connection = new RawClient(run.server().port())) {
                carriers.add(carrier(connection));
                carriers.add(carrier(connection));
            }
        }
        return carriers;
    }

    @Test
    default void theEventLoopsCarryTheHubs() throws Exception {
        // on a busy machine a loop may be late by itself, and a spare carrier would serve in its
        // place
        TckRun run = start(hubs(2, true).retake(GeventContract.NO_RETAKE).build());
        int lives = gaps().contains(Gap.STARTS_ONCE) ? 1 : 2;
        for (int life = 0; life < lives; life++) {
            if (gaps().contains(Gap.NO_HUB_LOOPS)) {
                assertThat(carriers(run)).allMatch(name -> name.startsWith(OWN_THREAD));
                return;
            }
            // a hub may begin on a thread of its own, when its loop is late
            await().untilAsserted(() ->
                    assertThat(carriers(run))
                            .hasSize(2)
                            .noneMatch(name -> name.startsWith(OWN_THREAD)));
            await().until(() -> run.workers().stats().hubs().carriers() == 0);
            run.server().stop();
            if (life + 1 < lives) {
                run.server().start();
            }
        }
    }

    @Test
    default void askingForLoopsIsRefusedWhereTheyCannotBeHad() throws Exception {
        WorkerSettings asked = WorkerSettings.builder().gevent(100).hubs(1).hubLoop(true).build();
        if (gaps().contains(Gap.NO_HUB_LOOPS)) {
            assertThatThrownBy(() -> start(asked)).hasMessageContaining("(expected: off");
        } else {
            assertThat(carrier(start(asked).connect())).doesNotStartWith(OWN_THREAD);
        }
    }

    @Test
    default void aConnectionStaysOnItsHub() throws Exception {
        TckRun run = start(hubs(2, true).retake(GeventContract.NO_RETAKE).build());
        for (int i = 0; i < 10; i++) {
            Client connection = run.connect();
            String first = carrier(connection);
            for (int j = 0; j < 10; j++) {
                if (gaps().contains(Gap.NO_HUB_LOOPS)) {
                    // each of its requests goes to the emptiest
                    assertThat(carrier(connection)).startsWith(OWN_THREAD);
                } else {
                    assertThat(carrier(connection)).isEqualTo(first);
                }
            }
        }
    }

    @Test
    default void withoutLoopsTheHubsHaveThreadsOfTheirOwn() throws Exception {
        TckRun run = start(hubs(1, false).build());
        assertThat(carrier(run.connect())).isEqualTo(OWN_THREAD + 0);
    }

    @ParameterizedTest(name = "hub-loop: {0}")
    @ValueSource(booleans = {true, false})
    default void aRequestThatComputesDoesNotStopTheOthersOfItsHub(boolean loop) throws Exception {
        TckRun run = start(hubs(1, loop).retake(Duration.ofMillis(20)).build());
        Client other = run.connect();
        String before = carrier(other);
        CompletableFuture<Client.Answer> hog = run.getLater("/spin");
        run.untilInside(1);
        for (int i = 0; i < 20; i++) {
            assertThat(other.get("/hello").text()).isEqualTo("hello");
            assertThat(run.connect().get("/hello").text()).as("new one").isEqualTo("hello");
            assertThat(other.sendPost("/upload", 4).sendBody("12").sendBody("34").read().text())
                    .isEqualTo("read 4");
        }
        assertThat(hog).isNotDone();
        assertThat(run.workers().stats().hubs().retakes()).isPositive();
        run.probe().letGo();
        assertThat(TckRun.result(hog).status()).isEqualTo(200);
        if (loop) {
            // and the loop's own thread has its hub again
            await().until(() -> carrier(other).equals(before));
        }
    }

    @Test
    default void aRequestThatHoldsItsHubIsReported() throws Exception {
        TckRun run = start(hubs(1, true).maxBlockingTime(Duration.ofMillis(50)).build());
        CompletableFuture<Client.Answer> hog = run.getLater("/spin");
        run.untilInside(1);
        run.until(
                "report",
                () ->
                        run.warnings().stream()
                                .anyMatch(line -> line.contains("GET /spin, has run")));
        assertThat(run.workers().stats().hubs().longSlices()).isPositive();
        run.probe().letGo();
        assertThat(TckRun.result(hog).status()).isEqualTo(200);
        assertThat(run.warnings())
                .anySatisfy(line ->
                        assertThat(line).contains("dev.treadle.tck.Probe.spin(Probe.java:"));
    }
}
