package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.gate.Permit;
import dev.treadle.internal.engine.VirtualEngine;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PermitTest {
    private final RequestGate gate =
            new RequestGate(10, 0, Duration.ofMinutes(1), new VirtualEngine());

    /** Notes what it is told. */
    private static final class Ends implements Permit.Ending {
        private final List<String> told = new ArrayList<>();
        private boolean waits;

        @Override
        public void end() {
            told.add("end");
        }

        @Override
        public boolean waitsForClient() {
            return waits;
        }

        @Override
        public void endWait() {
            told.add("wait");
        }

        @Override
        public void abandon() {
            told.add("abandon");
        }
    }

    private RequestPermit permit(Permit.Ending ending) throws Exception {
        RequestPermit permit = Requests.enter(gate, "GET", "/");
        permit.endedBy(ending);
        return permit;
    }

    /** A thread that runs for a request until it is interrupted. */
    private static Thread runFor(RequestPermit permit, CountDownLatch running) {
        return Thread.ofVirtual()
                .start(() -> {
                    permit.enterThread();
                    try {
                        running.countDown();
                        new CountDownLatch(1).await();
                    } catch (InterruptedException expected) {
                        // its end
                    } finally {
                        permit.leaveThread();
                    }
                });
    }

    /** It may be on its way to write the answer that the request is over. */
    @Test
    void aThreadThatAnswersForTheGateIsNotInterrupted() throws Exception {
        RequestPermit permit = permit(new Ends());
        permit.enterThread();
        permit.interrupt();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        permit.forgetInterrupt();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        permit.leaveThread();

        permit.enterThread(); // comes when the request is overdue already
        permit.forgetInterrupt();
        permit.insist();
        assertThat(Thread.interrupted()).isFalse();
        permit.leaveThread();

        permit.enterThread();
        permit.insist();
        assertThat(Thread.interrupted()).isTrue();
        permit.leaveThread();
        permit.release();
    }

    @Test
    void eachThreadOfARequestIsInterrupted() throws Exception {
        RequestPermit permit = permit(new Ends());
        CountDownLatch running = new CountDownLatch(3);
        List<Thread> threads =
                List.of(runFor(permit, running), runFor(permit, running), runFor(permit, running));
        running.await();
        for (Thread each : threads) {
            assertThat(permit.runsOn(each)).isTrue();
        }

        permit.interrupt();

        for (Thread each : threads) {
            each.join();
            assertThat(permit.runsOn(each)).isFalse();
        }
    }

    @Test
    void aThreadThatComesLaterIsInterruptedAtTheNextLook() throws Exception {
        RequestPermit permit = permit(new Ends());
        permit.enterThread();
        permit.interrupt();
        assertThat(Thread.interrupted()).isTrue();
        CountDownLatch running = new CountDownLatch(1);
        Thread later = runFor(permit, running);
        running.await();

        permit.insist();

        later.join();
        assertThat(Thread.interrupted()).as("interrupted once").isFalse();
        permit.leaveThread();
    }

    @Test
    void aThreadThatEntersTwiceLeavesTwice() throws Exception {
        RequestPermit permit = permit(new Ends());
        permit.enterThread();
        permit.enterThread();
        permit.leaveThread();
        assertThat(permit.runsOn(Thread.currentThread())).isTrue();
        permit.leaveThread();
        assertThat(permit.runsOn(Thread.currentThread())).isFalse();
    }

    @Test
    void aSecondThreadThatEntersTwiceLeavesTwice() throws Exception {
        RequestPermit permit = permit(new Ends());
        CountDownLatch running = new CountDownLatch(1);
        Thread first = runFor(permit, running);
        running.await();
        permit.enterThread();
        permit.enterThread();
        permit.leaveThread();
        assertThat(permit.runsOn(Thread.currentThread())).isTrue();
        first.interrupt();
        first.join();
        // the first is gone, and this one goes on as what it was
        permit.enterThread();
        permit.leaveThread();
        assertThat(permit.runsOn(Thread.currentThread())).isTrue();
        permit.leaveThread();
        assertThat(permit.runsOn(Thread.currentThread())).isFalse();
    }

    @Test
    void aWaitForTheClientIsEndedOnlyAfterTheInterrupt() throws Exception {
        Ends ends = new Ends();
        RequestPermit permit = permit(ends);
        permit.enterThread();
        ends.waits = true;
        permit.insist();
        assertThat(ends.told).isEmpty();
        permit.interrupt();
        assertThat(ends.told).isEmpty();
        permit.insist();
        assertThat(ends.told).as("one look is not enough").isEmpty();
        permit.insist();
        assertThat(ends.told).containsExactly("wait");
        ends.waits = false;
        permit.insist();
        ends.waits = true;
        permit.insist();
        assertThat(ends.told).containsExactly("wait");
        permit.leaveThread();
    }

    @Test
    void aRequestThatIsBetweenTwoThreadsIsNotEndedBeforeItGoesAsync() throws Exception {
        Ends ends = new Ends();
        RequestPermit permit = permit(ends);
        permit.interrupt();
        assertThat(ends.told).isEmpty();
        permit.goesAsync();
        assertThat(ends.told).containsExactly("end");
    }

    @Test
    void onlyARequestWithoutAThreadIsAbandoned() throws Exception {
        Ends ends = new Ends();
        RequestPermit permit = permit(ends);
        permit.enterThread();
        permit.goesAsync();
        permit.clientGone();
        assertThat(ends.told).isEmpty();
        permit.leaveThread();
        permit.clientGone();
        assertThat(ends.told).containsExactly("abandon");
        permit.release();
        permit.clientGone();
        assertThat(ends.told).containsExactly("abandon");
    }

    @Test
    void whatWentAsyncIsCountedOffOnce() throws Exception {
        RequestPermit permit = permit(new Ends());
        permit.goesAsync();
        permit.goesAsync();
        assertThat(gate.idle()).isEqualTo(1);
        permit.release();
        permit.release();
        assertThat(gate.idle()).isZero();
        permit.goesAsync();
        assertThat(gate.idle()).isZero();
    }

    /** As many streams as allowed are open: one more is refused. */
    private void fillStreams() throws Exception {
        for (int i = 0; i < 100; i++) {
            RequestPermit stream = Requests.enter(gate, "GET", "/stream");
            assertThat(stream.becomesStream()).isTrue();
        }
        assertThat(gate.streams()).isEqualTo(100);
    }

    @Test
    void aRefusedStreamIsEndedOnceNoThreadRunsForIt() throws Exception {
        fillStreams();
        Ends ends = new Ends();
        RequestPermit permit = permit(ends);
        permit.enterThread();
        assertThat(permit.becomesStream()).isFalse();

        permit.insist();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(ends.told).isEmpty();

        permit.leaveThread();
        permit.goesAsync(); // a thread of the application may begin to write now
        assertThat(ends.told).isEmpty();
        assertThat(permit.isRefusedForLong()).isFalse();
        assertThat(permit.isRefusedForLong()).isTrue();
        permit.insist();
        assertThat(ends.told).containsExactly("end");
        permit.release();
        permit.insist();
        assertThat(ends.told).containsExactly("end");
    }

    @Test
    void harakiriMayStillInterruptARefusedStream() throws Exception {
        fillStreams();
        RequestPermit permit = permit(new Ends());
        permit.enterThread();
        assertThat(permit.becomesStream()).isFalse();
        permit.forgetInterrupt(); // the gate has answered on this thread, which then goes on

        permit.interrupt();

        assertThat(Thread.interrupted()).isTrue();
        permit.leaveThread();
        permit.release();
    }

    /** The thread that writes and the one that leaves the request; there is one place. */
    @Test
    void aStreamIsNotRefusedForItsOwnPlace() throws Exception {
        RequestGate one =
                new RequestGate(
                        WorkerSettings.builder().virtual(1).streams(1).build(),
                        new VirtualEngine());
        for (int i = 0; i < 2_000; i++) {
            RequestPermit permit = Requests.enter(one, "GET", "/");
            Thread writes = Thread.ofPlatform().start(permit::becomesStream);
            assertThat(permit.becomesStream()).isTrue();
            writes.join();
            assertThat(permit.isRefused()).isFalse();
            assertThat(one.streams()).isEqualTo(1);
            permit.release();
            assertThat(one.streams()).isZero();
        }
    }
}
