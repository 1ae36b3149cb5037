package dev.treadle.launcher.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads one HTTP/1.1 answer after the other, as far as a load client has to. Not thread-safe. */
public final class Answer {
    private static final int LONGEST_HEAD = 2_048;
    private static final String LENGTH = "\r\ncontent-length:";

    private final byte[] head = new byte[LONGEST_HEAD];
    private int headLength;
    // -1: still in the head
    private long bodyLeft = -1;
    private int status;
    private boolean closes;

    /** Waits for its first byte. */
    public Answer() {}

    /** Takes what came and returns whether the answer is whole. */
    public boolean take(ByteBuffer bytes) throws IOException {
        while (bodyLeft < 0 && bytes.hasRemaining()) {
            takeHead(bytes.get());
        }
        if (bodyLeft < 0) {
            return false;
        }
        int count = (int) Math.min(bodyLeft, bytes.remaining());
        bytes.position(bytes.position() + count);
        bodyLeft -= count;
        return bodyLeft == 0;
    }

    private void takeHead(byte next) throws IOException {
        if (headLength == LONGEST_HEAD) {
            throw new IOException("head of the answer: longer than " + LONGEST_HEAD + " bytes");
        }
        head[headLength++] = next;
        if (next == '\n'
                && headLength >= 4
                && head[headLength - 2] == '\r'
                && head[headLength - 3] == '\n') {
            parseHead();
        }
    }

    private void parseHead() throws IOException {
        String text = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.startsWith("http/1.1 ")) {
            throw new IOException("answer: " + text.lines().findFirst().orElse(""));
        }
        status = Integer.parseInt(lower.substring(9, 12));
        closes = lower.contains("\r\nconnection: close");
        int at = lower.indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("answer without Content-Length, status " + status);
        }
        int start = at + LENGTH.length();
        bodyLeft = Long.parseLong(lower.substring(start, lower.indexOf('\r', start)).strip());
    }

    /** Makes room for the next answer. */
    public void clear() {
        headLength = 0;
        bodyLeft = -1;
    }

    /** Returns the status of the answer. */
    public int status() {
        return status;
    }

    /** Whether the server ends the connection after this answer. */
    public boolean closes() {
        return closes;
    }
}
