package dev.treadle.stats;

import dev.treadle.internal.base.StackFrames;
import dev.treadle.internal.base.WaitFrames;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Requests in the same state with the same stack.
 *
 * @param count how many, at least 1
 * @param state their state
 * @param waitsIn class and method in which they wait or run: the first frame that is not of the
 *     JDK, or the method of the pool that they wait for, such as {@code
 *     com.zaxxer.hikari.pool.HikariPool.getConnection}; empty if they have no stack
 * @param frame the first frame of the application's own code, such as {@code
 *     com.example.OrderDao.find(OrderDao.java:41)}; empty if there is none
 * @param oldest the age of the oldest of them
 * @param examples method and path of up to three of them, the oldest first, no two the same
 * @param stack their stack, the top first; empty if no thread runs for them
 * @since 0.2.0
 */
public record StackGroup(
        int count,
        RequestState state,
        String waitsIn,
        String frame,
        Duration oldest,
        List<String> examples,
        List<StackTraceElement> stack) {

    private static final int EXAMPLES = 3;
    private static final double MILLIS_PER_TENTH = 100;

    /**
     * The hash of a stack, which has dozens of frames, is computed once for each list of frames.
     */
    private record Key(RequestState state, List<StackTraceElement> stack, int stackHash) {
        @Override
        public int hashCode() {
            return stackHash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && state == key.state && stack.equals(key.stack);
        }
    }

    /** Makes the lists immutable. */
    public StackGroup {
        examples = List.copyOf(examples);
        stack = List.copyOf(stack);
    }

    /** Groups requests, which are given oldest first. The greatest group comes first. */
    static List<StackGroup> of(List<RequestView> requests) {
        Map<Key, List<RequestView>> byStack = new LinkedHashMap<>();
        IdentityHashMap<List<StackTraceElement>, Integer> hashes = new IdentityHashMap<>();
        for (RequestView request : requests) {
            List<StackTraceElement> stack = request.thread().stack();
            int hash = hashes.computeIfAbsent(stack, List::hashCode);
            byStack.computeIfAbsent(new Key(request.state(), stack, hash), key -> new ArrayList<>())
                    .add(request);
        }
        List<StackGroup> groups = new ArrayList<>();
        byStack.forEach((key, all) -> groups.add(of(key, all)));
        groups.sort(
                Comparator.comparingInt(StackGroup::count)
                        .thenComparing(StackGroup::oldest)
                        .reversed());
        return List.copyOf(groups);
    }

    private static StackGroup of(Key key, List<RequestView> requests) {
        RequestView oldest = requests.getFirst();
        StackTraceElement waitsIn = waitsIn(key);
        return new StackGroup(
                requests.size(),
                key.state(),
                waitsIn == null ? "" : StackFrames.method(waitsIn),
                oldest.frame(),
                oldest.age(),
                requests.stream().map(RequestView::line).distinct().limit(EXAMPLES).toList(),
                key.stack());
    }

    private static @Nullable StackTraceElement waitsIn(Key key) {
        StackTraceElement pool =
                key.state() == RequestState.POOL ? WaitFrames.pool(key.stack()) : null;
        return pool == null ? StackFrames.outsideJdk(key.stack()) : pool;
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", count);
        map.put("state", state.word());
        map.put("waitsIn", waitsIn);
        map.put("frame", frame);
        map.put("oldestMillis", oldest.toMillis());
        map.put("requests", examples);
        map.put("stack", stack.stream().map(StackFrames::text).toList());
        return map;
    }

    /**
     * Returns the group on one line, such as {@code 612 requests wait in HikariPool.getConnection
     * (com.example.OrderDao.find:41), oldest 12.3 s}.
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(count);
        text.append(count == 1 ? " request " : " requests ").append(verb());
        if (!waitsIn.isEmpty()) {
            text.append(" in ").append(shortened(waitsIn));
        }
        StackTraceElement own = StackFrames.ofApplication(stack);
        if (own != null) {
            text.append(" (").append(StackFrames.method(own));
            if (own.getLineNumber() > 0) {
                text.append(':').append(own.getLineNumber());
            }
            text.append(')');
        }
        return text.append(", oldest ").append(seconds(oldest)).toString();
    }

    private String verb() {
        boolean one = count == 1;
        String waits = one ? "waits" : "wait";
        return switch (state) {
            case QUEUED -> waits + " in the queue";
            case RUNNING -> one ? "runs" : "run";
            case SOCKET -> waits + " for a socket";
            case LOCK -> waits + " for a lock";
            case SLEEP -> one ? "sleeps" : "sleep";
            case POOL, OTHER -> waits;
            case ASYNC -> (one ? "goes" : "go") + " on without a thread";
            case STREAM -> one ? "is an event stream" : "are event streams";
        };
    }

    /** Leaves out the package. */
    private static String shortened(String method) {
        int dot = method.lastIndexOf('.', method.lastIndexOf('.') - 1);
        return method.substring(dot + 1);
    }

    /**
     * Returns a number with so many digits after the point, given without the point. {@code
     * String.format} takes longer than the rest of a line.
     */
    static String fixed(long digits, int afterPoint) {
        String text = String.valueOf(digits);
        String padded = "0".repeat(Math.max(0, afterPoint + 1 - text.length())) + text;
        int point = padded.length() - afterPoint;
        return padded.substring(0, point) + "." + padded.substring(point);
    }

    static String seconds(Duration age) {
        return fixed(Math.round(age.toMillis() / MILLIS_PER_TENTH), 1) + " s";
    }
}
