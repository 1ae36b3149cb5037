package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The contract for threads that a request starts itself. */
public interface ChildContract extends GateContract {
    /** The sum that the children of one request count to. */
    int INCREMENTS_BY_CHILDREN = ChildServlets.CHILDREN * Counting.INCREMENTS;

    /**
     * Several requests at once, each with children of its own: those of one request are on one hub,
     * independent of the others.
     */
    @ParameterizedTest(name = "{0} hubs")
    @ValueSource(ints = {1, 2})
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void virtualThreadsThatARequestStartsStayOnItsHub(int hubs) throws Exception {
        WorkerSettings settings =
                WorkerSettings.builder()
                        .gevent(10)
                        .hubs(hubs)
                        .retake(GeventContract.NO_RETAKE)
                        .build();
        TckRun run = start(settings);
        for (ChildKind kind : ChildKind.values()) {
            List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(run.getLater("/children?kind=" + kind));
            }
            for (CompletableFuture<Client.Answer> answer : answers) {
                String counted = TckRun.result(answer).text();
                String[] words = counted.split(" ", 3);
                assertThat(List.of(words[0], words[1]))
                        .as("%s on %s hubs: plain count, atomic count", kind, hubs)
                        .containsOnly(String.valueOf(INCREMENTS_BY_CHILDREN));
                assertCarriedByOneHub(words[2]);
            }
        }
    }

    /**
     * One loop, or one carrier of the hub's own, or both: a loop that is late outside of slices, on
     * a machine that is busy, hands its hub to such a carrier.
     */
    private static void assertCarriedByOneHub(String carriers) {
        List<String> names = List.of(carriers.substring(1, carriers.length() - 1).split(", ", -1));
        assertThat(names.stream().filter(name -> name.startsWith("treadle-hub-")))
                .as("carriers of the hub's own, of %s", carriers)
                .hasSizeLessThan(2);
        assertThat(names.stream().filter(name -> !name.startsWith("treadle-hub-")))
                .as("loops, of %s", carriers)
                .hasSizeLessThan(2);
    }

    /**
     * The number of updates that a plain counter loses on several carriers is chance. It is
     * printed, not asserted.
     */
    @ParameterizedTest(name = "{0}")
    @EnumSource(
            value = WorkerModel.class,
            names = {"THREADS", "VIRTUAL"})
    @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void withoutHubsTheyAreOnTheSchedulerOfTheJdk(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 10).build());
        for (ChildKind kind : ChildKind.values()) {
            String[] counted = run.connect().get("/children?kind=" + kind).text().split(" ", 3);
            assertThat(counted[1])
                    .as("%s: atomic count", kind)
                    .isEqualTo(String.valueOf(INCREMENTS_BY_CHILDREN));
            assertThat(counted[2]).as("%s: carriers", kind).contains("ForkJoinPool");
            System.out.printf(
                    "plain int, %,d increments by %d children of one request: %s, %s: %,d lost%n",
                    INCREMENTS_BY_CHILDREN,
                    ChildServlets.CHILDREN,
                    model,
                    kind,
                    INCREMENTS_BY_CHILDREN - Integer.parseInt(counted[0]));
        }
    }

    @EachModel
    default void threeCallsToThirdPartiesAreMadeAtOnce(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        try (ThirdParty thirdParty = new ThirdParty(3)) {
            String parent = HttpContract.threadPrefix(model) + "\\d+";
            assertThat(run.connect().get("/three-calls?port=" + thirdParty.port()).text())
                    .matches(
                            parent
                                    + "/1: answer to user, "
                                    + parent
                                    + "/2: answer to offers, "
                                    + parent
                                    + "/3: answer to score");
        }
    }

    @EachModel
    default void onARequestThatIsInterruptedItsChildrenGoOn(WorkerModel model) throws Exception {
        TckRun run =
                start(GateContract.settings(model, 1).harakiri(Duration.ofMillis(100)).build());
        run.expectWarning("harakiri: GET /child-left-behind");
        run.expectWarning("interrupted");
        assertThat(run.connect().get("/child-left-behind").status()).isGreaterThanOrEqualTo(500);
        run.untilIdle();
        assertThat(run.workers().stats().gate().harakiris()).isEqualTo(1);
        run.untilInside(1); // the child
        assertThat(run.connect().get("/hello").text()).isEqualTo("hello");
        run.probe().letGo();
        run.untilInside(0);
    }
}
