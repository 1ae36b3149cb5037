package dev.treadle.launcher.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One request of the load and what has come back of its answer. */
final class Exchange {
    private static final int LONGEST_ANSWER = 2_048;
    private static final String OK = "HTTP/1.1 200 ";
    private static final String END = "done\n";

    private final long startNanos;
    private final ByteBuffer request;
    private byte[] answer = new byte[256];
    private int length;

    Exchange(byte[] request, long startNanos) {
        this.request = ByteBuffer.wrap(request);
        this.startNanos = startNanos;
    }

    long startNanos() {
        return startNanos;
    }

    /** Returns the bytes that are still to be sent. */
    ByteBuffer request() {
        return request;
    }

    void received(ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), LONGEST_ANSWER - length);
        if (length + count > answer.length) {
            answer = java.util.Arrays.copyOf(answer, LONGEST_ANSWER);
        }
        bytes.get(answer, length, count);
        length += count;
    }

    /** Whether what came is the servlet's answer, whole. */
    boolean ok() {
        String text = text();
        return text.startsWith(OK) && text.endsWith(END);
    }

    /** Returns the first line of the answer. */
    String statusLine() {
        return length == 0
                ? "the connection was closed without an answer"
                : text().lines().findFirst().orElse("");
    }

    private String text() {
        return new String(answer, 0, length, StandardCharsets.US_ASCII);
    }
}
