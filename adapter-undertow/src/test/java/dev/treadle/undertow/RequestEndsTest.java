package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The ends of a request, in every order and all at once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RequestEndsTest {
    private static final class Ends extends RequestEnds {
        private final AtomicInteger released = new AtomicInteger();
        private final AtomicInteger unread = new AtomicInteger();
        private final AtomicInteger wentOn = new AtomicInteger();
        private volatile boolean isBack;
        private volatile boolean wentOnTooEarly;

        @Override
        void release() {
            released.incrementAndGet();
            isBack = true; // last: the connection must wait for the whole of it
        }

        @Override
        void isNotRead() {
            unread.incrementAndGet();
        }

        void exchangeEnded() {
            exchangeEnded(() -> {
                wentOnTooEarly |= !isBack;
                wentOn.incrementAndGet();
            });
        }
    }

    private final Ends ends = new Ends();

    private void assertPlace(int released, int unread, int wentOn) {
        assertThat(ends.released).as("released").hasValue(released);
        assertThat(ends.unread).as("unread").hasValue(unread);
        assertThat(ends.wentOn).as("went on").hasValue(wentOn);
    }

    @Test
    void anExchangeThatIsCompleteWaitsForItsRun() {
        ends.responseEnded();
        ends.exchangeEnded();
        assertPlace(0, 0, 0);
        ends.runEnded();
        assertPlace(1, 0, 1);
    }

    @Test
    void aResponseIsEnoughBehindTheRun() {
        ends.runEnded();
        assertPlace(0, 0, 0);
        ends.responseEnded();
        assertPlace(1, 1, 0);
        ends.responseEnded();
        assertPlace(1, 1, 0);
        ends.exchangeEnded();
        assertPlace(1, 1, 1);
    }

    @Test
    void aRunIsEnoughBehindTheResponse() {
        ends.responseEnded();
        ends.runEnded();
        assertPlace(1, 1, 0);
        ends.exchangeEnded();
        assertPlace(1, 1, 1);
    }

    @Test
    void anExchangeThatIsCompleteBehindItsRunWasRead() {
        ends.runEnded();
        ends.exchangeEnded();
        ends.responseEnded();
        assertPlace(1, 0, 1);
    }

    @Test
    void allAtOnceThePlaceComesBackOnceAndBeforeTheNextRequest() throws Exception {
        int rounds = 50_000;
        Ends[] all = new Ends[rounds];
        for (int i = 0; i < rounds; i++) {
            all[i] = new Ends();
        }
        CyclicBarrier start = new CyclicBarrier(3);
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<?> run = threads.submit(() -> each(all, start, Ends::runEnded));
            Future<?> response = threads.submit(() -> each(all, start, Ends::responseEnded));
            Future<?> exchange = threads.submit(() -> each(all, start, Ends::exchangeEnded));
            run.get();
            response.get();
            exchange.get();
        }
        for (Ends each : all) {
            assertThat(each.released).hasValue(1);
            assertThat(each.wentOn).hasValue(1);
            assertThat(each.unread.get()).isBetween(0, 1);
            assertThat(each.wentOnTooEarly).isFalse();
        }
    }

    private interface End {
        void of(Ends ends);
    }

    private static Void each(Ends[] all, CyclicBarrier start, End end) throws Exception {
        for (int i = 0; i < all.length; i++) {
            if (i % 100 == 0) {
                start.await();
            }
            end.of(all[i]);
        }
        return null;
    }
}
