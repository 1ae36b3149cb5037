package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Model and N change while the server runs, and no request notices. */
public interface SwitchContract extends GateContract {
    /** How often {@link #noRequestNoticesManySwitches} switches. */
    int SWITCHES = Integer.getInteger("treadle.tck.switches", 60);

    @EachModel
    default void newRequestsRunOnTheNewModelAndOldOnesEndOnTheirs(WorkerModel model)
            throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        CompletableFuture<Client.Answer> held = run.getLater("/hold");
        run.untilInside(1);
        Client kept = run.connect();
        for (WorkerModel next : WorkerModel.values()) {
            run.workers().switchTo(GateContract.settings(next, 4).build());
            String prefix = HttpContract.threadPrefix(next);
            assertThat(run.connect().get("/thread").text()).startsWith(prefix);
            // the thread that wrote the last answer may still be with a connection that is kept,
            // and takes the next request from it as well
            run.until(
                    "a connection that is kept runs on " + next,
                    () -> kept.get("/thread").text().startsWith(prefix));
            assertThat(run.workers().stats().model()).isEqualTo(next);
        }
        assertThat(held).isNotDone();
        run.probe().letGo();
        assertThat(TckRun.result(held).text()).isEqualTo("held");
        run.until("old engines have ended", () -> run.workers().stats().engine().retiring() == 0);
        assertThat(run.workers().stats().switches()).isEqualTo(WorkerModel.values().length);
    }

    @EachModel
    default void aGreaterNLetsInWhoWaits(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 1).queue(10).build());
        List<CompletableFuture<Client.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(run.getLater("/hold"));
        }
        run.untilWaiting(3);
        run.workers().switchTo(GateContract.settings(model, 3).queue(10).build());
        run.untilInside(3);
        assertThat(run.gate().waiting()).isEqualTo(1);
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : answers) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
    }

    @EachModel
    default void aSmallerNLetsNobodyInUntilEnoughHaveLeft(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 3).queue(10).build());
        List<CompletableFuture<Client.Answer>> inside = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            inside.add(run.getLater("/hold"));
        }
        run.untilInside(3);
        run.workers().switchTo(GateContract.settings(model, 1).queue(10).build());
        CompletableFuture<Client.Answer> next = run.getLater("/hold");
        run.untilWaiting(1);
        assertThat(run.gate().active()).isEqualTo(3);
        run.probe().letGo();
        for (CompletableFuture<Client.Answer> answer : inside) {
            assertThat(TckRun.result(answer).status()).isEqualTo(200);
        }
        assertThat(TckRun.result(next).status()).isEqualTo(200);
        run.untilIdle();
        assertThat(run.gate().limit()).isEqualTo(1);
    }

    @EachModel
    default void aSwitchThatFailsChangesNothing(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).listen(2_000).build());
        WorkerSettings before = run.workers().settings();
        assertThatThrownBy(() ->
                        run.workers()
                                .switchTo(GateContract.settings(model, 9).listen(3_000).build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("listen", "3000", "2000", "restart");
        assertThat(run.workers().settings()).isEqualTo(before);
        assertThat(run.gate().limit()).isEqualTo(4);
        assertThat(run.connect().get("/thread").text())
                .startsWith(HttpContract.threadPrefix(model));
    }

    /**
     * A request of an application switches, with all that an application may leave in the threads
     * that are made meanwhile: its class loader as the context, a class of its own on the stack,
     * and a thread local that threads inherit. The application goes, and the workers stay.
     */
    @EachModel
    default void anApplicationThatHasSwitchedCanBeUnloaded(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (WorkerModel next : WorkerModel.values()) {
            // other hubs, so that the threads of a new engine are made
            WorkerSettings.Builder settings = GateContract.settings(next, 4);
            if (next == WorkerModel.GEVENT) {
                settings.hubs(3);
            }
            run.probe()
                    .nextTask(() -> {
                        loaders.add(switchFromAnApplication(run, settings.build()));
                        return "switched";
                    });
            assertThat(run.connect().get("/task").text()).isEqualTo("switched");
            assertThat(run.connect().get("/thread").text())
                    .startsWith(HttpContract.threadPrefix(next));
        }
        run.untilIdle();
        run.until("old engines have ended", () -> run.workers().stats().engine().retiring() == 0);
        run.until(
                "the applications are unloaded",
                () -> {
                    System.gc();
                    return loaders.stream().allMatch(loader -> loader.refersTo(null));
                });
        assertThat(loaders).hasSize(WorkerModel.values().length);
    }

    private static WeakReference<ClassLoader> switchFromAnApplication(
            TckRun run, WorkerSettings next) throws Exception {
        Consumer<Runnable> application = CompiledClass.make("tck.application", "Application");
        ClassLoader loader = application.getClass().getClassLoader();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        CompiledClass.INHERITED.set(application);
        try {
            application.accept(() -> {
                run.workers().switchTo(next);
                // more tasks at once than there are threads, so that some are made here
                CountDownLatch all = new CountDownLatch(40);
                for (int i = 0; i < 40; i++) {
                    run.workers().executor().execute(() -> awaitEach(all));
                }
            });
        } finally {
            CompiledClass.INHERITED.remove();
            thread.setContextClassLoader(before);
        }
        return new WeakReference<>(loader);
    }

    private static void awaitEach(CountDownLatch all) {
        all.countDown();
        try {
            all.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Also where the thread that switches has another one: JMX, a signal, a request. */
    @EachModel
    default void tasksKeepTheirContextClassLoader(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 4).build());
        Callable<ClassLoader> ask = () -> Thread.currentThread().getContextClassLoader();
        ClassLoader before = run.workers().executor().submit(ask).get();
        Thread thread = Thread.currentThread();
        ClassLoader own = thread.getContextClassLoader();
        for (WorkerModel next : WorkerModel.values()) {
            thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
            try {
                run.workers().switchTo(GateContract.settings(next, 5).build());
            } finally {
                thread.setContextClassLoader(own);
            }
            assertThat(run.workers().executor().submit(ask).get()).isSameAs(before);
        }
    }

    /** With load of every kind; {@code -Dtreadle.tck.switches} says how often, for a soak. */
    @EachModel
    @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    default void noRequestNoticesManySwitches(WorkerModel model) throws Exception {
        TckRun run = start(GateContract.settings(model, 30).build());
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(run.later(() -> visit(run, over)));
        }
        List<WorkerModel> models = List.of(WorkerModel.values());
        int first = models.indexOf(model);
        for (int i = 1; i <= SWITCHES; i++) {
            long completed = run.workers().stats().gate().completed();
            run.until(
                    "requests between two switches",
                    () -> run.workers().stats().gate().completed() > completed + 3);
            WorkerModel next = models.get((first + i) % models.size());
            run.workers().switchTo(GateContract.settings(next, 20 + i % 20).build());
        }
        over.set(true);
        int served = 0;
        for (CompletableFuture<Integer> client : clients) {
            served += TckRun.result(client);
        }
        run.untilIdle();
        assertThat(run.workers().stats().gate().completed()).isEqualTo(served);
        assertThat(run.workers().stats().gate().refused().total()).isZero();
        run.until("old engines have ended", () -> run.workers().stats().engine().retiring() == 0);
    }

    private static int visit(TckRun run, AtomicBoolean over) throws IOException {
        int served = 0;
        while (!over.get()) {
            try (Client client = run.protocol().connect(run.server().port())) {
                for (int i = 0; i < 10; i++) {
                    assertThat(client.get("/hello").text()).isEqualTo("hello");
                    assertThat(client.sendPost("/upload", 4).sendBody("1234").read().text())
                            .isEqualTo("read 4");
                    assertThat(client.get("/big?bytes=100000").status()).isEqualTo(200);
                    assertThat(client.get("/async/start").status()).isEqualTo(200);
                    served += 4;
                }
            }
        }
        return served;
    }
}
