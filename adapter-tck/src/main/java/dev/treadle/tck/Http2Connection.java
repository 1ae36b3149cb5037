package dev.treadle.tck;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.config.H2Param;
import org.apache.hc.core5.http2.config.H2Setting;
import org.apache.hc.core5.http2.frame.DefaultFrameFactory;
import org.apache.hc.core5.http2.frame.FrameFactory;
import org.apache.hc.core5.http2.frame.FrameFlag;
import org.apache.hc.core5.http2.frame.FrameType;
import org.apache.hc.core5.http2.frame.RawFrame;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.http2.impl.io.FrameInputBuffer;
import org.apache.hc.core5.http2.impl.io.FrameOutputBuffer;
import org.apache.hc.core5.util.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One HTTP/2 connection to the server under test, frame by frame: several streams at once, bodies
 * in pieces, windows granted as the test reads and not before, RST_STREAM, GOAWAY. It obeys the
 * server's windows and its limit of streams. Thread-safe.
 *
 * <p>A thread of its own, {@code tck-h2-N}, reads frames until the connection ends. Waits last for
 * at most 60 s and then throw {@link SocketTimeoutException}.
 */
public final class Http2Connection implements AutoCloseable {
    /** The receive window of each stream of a client that reads slowly, in bytes. */
    static final int SMALL_WINDOW = 8_192;

    /** The initial window of RFC 9113, in bytes. */
    static final int DEFAULT_WINDOW = 65_535;

    private static final int CONNECTION = 0;
    private static final int MAX_FRAME = 16_384;
    private static final int MAX_HEADER_LIST = 65_536;
    private static final int HEADER_TABLE = 4_096;
    private static final int MAX_WINDOW = Integer.MAX_VALUE;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final AtomicInteger READERS = new AtomicInteger();

    /**
     * A GOAWAY of the server.
     *
     * @param lastStream the greatest id of a stream that the server may have worked on
     * @param code the error code; 0: NO_ERROR
     * @param reason what the server adds for people; may be empty
     */
    public record GoAway(int lastStream, int code, String reason) {}

    private final Socket plain;
    private final Socket socket;
    private final boolean tls;
    private final InputStream in;
    private final int streamWindow;
    private final FrameFactory frames = DefaultFrameFactory.INSTANCE;

    /**
     * Held for the time of one write, so that frames do not mix, blocks of headers follow each
     * other and the ids of new streams grow. Never taken by a thread that holds {@link #state}.
     */
    private final ReentrantLock writing = new ReentrantLock();

    private final OutputStream out;
    private final FrameOutputBuffer output = new FrameOutputBuffer(MAX_FRAME);
    // no dynamic table: what the server's decoder is told does not depend on its settings
    private final HPackEncoder encoder = new HPackEncoder(0, StandardCharsets.ISO_8859_1);
    private int nextStream = 1;

    /** Guards what follows, and the state of the streams. */
    private final ReentrantLock state = new ReentrantLock();

    /** Anything under {@link #state} has changed. */
    private final Condition changed = state.newCondition();

    private final Map<Integer, Http2Stream> streams = new HashMap<>();
    private boolean settled;
    private long maxStreams = Long.MAX_VALUE;
    private int initialSendWindow = DEFAULT_WINDOW;
    private long sendWindow = DEFAULT_WINDOW;
    private int notGranted;
    private int openStreams;
    private @Nullable GoAway goAway;
    private @Nullable IOException end;
    private boolean paused;

    private Http2Connection(Socket connected, boolean tls, int streamWindow) throws IOException {
        plain = connected;
        this.tls = tls;
        this.streamWindow = streamWindow;
        boolean opened = false;
        try {
            plain.setSoTimeout(Sockets.TIMEOUT_MILLIS); // for the handshake
            socket = tls ? Tls.client(plain, "h2") : plain;
            plain.setSoTimeout(0);
            in = socket.getInputStream();
            out = socket.getOutputStream();
            out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
            output.write(
                    frames.createSettings(
                            new H2Setting(H2Param.ENABLE_PUSH, 0),
                            new H2Setting(H2Param.INITIAL_WINDOW_SIZE, streamWindow)),
                    out);
            output.write(frames.createWindowUpdate(CONNECTION, MAX_WINDOW - DEFAULT_WINDOW), out);
            out.flush();
            Thread.ofPlatform()
                    .daemon()
                    .name("tck-h2-" + READERS.incrementAndGet())
                    .start(this::readFrames);
            await("SETTINGS of the server", () -> settled);
            opened = true;
        } finally {
            if (!opened) {
                plain.close();
            }
        }
    }

    /** Connects, and waits for the server's SETTINGS. */
    public static Http2Connection open(int port, boolean tls) throws IOException {
        return open(port, tls, DEFAULT_WINDOW);
    }

    /**
     * Connects, and waits for the server's SETTINGS.
     *
     * @param streamWindow how many bytes of each answer the server may send that the test has not
     *     read; the window of the connection is as large as can be
     */
    public static Http2Connection open(int port, boolean tls, int streamWindow) throws IOException {
        int buffer = streamWindow < DEFAULT_WINDOW ? RawClient.SMALL_BUFFER : 0;
        return new Http2Connection(Sockets.connect(port, buffer), tls, streamWindow);
    }

    /**
     * Connects as a client that may stop reading ({@link #pause}): it takes few bytes from the
     * network then, and the windows of its streams never hold the server up.
     */
    static Http2Connection openToPause(int port, boolean tls) throws IOException {
        return new Http2Connection(
                Sockets.connect(port, RawClient.SMALL_BUFFER), tls, MAX_WINDOW / 2);
    }

    /**
     * Reads nothing from now on, after the frame that is being read, until {@link #goOn}. The
     * server can write until the buffers of both ends are full.
     */
    void pause() {
        changeNow(() -> paused = true);
    }

    /** Reads again. */
    void goOn() {
        changeNow(() -> paused = false);
    }

    /** Begins a GET on a new stream; waits while the server allows no further one. */
    public Http2Stream get(String path) throws IOException {
        return open(path, "GET", Http2Stream.NO_BODY, Map.of());
    }

    /**
     * Sends the head of a POST on a new stream; waits while the server allows no further one.
     *
     * @param length the length of the body in bytes, or {@link Http2Stream#UNKNOWN_LENGTH}
     */
    public Http2Stream post(String path, long length) throws IOException {
        return open(path, "POST", length, Map.of("content-type", "application/octet-stream"));
    }

    Http2Stream open(String path, String method, long length, Map<String, String> headers)
            throws IOException {
        return tryOpen(path, method, length, headers, true).orElseThrow();
    }

    /** Begins a GET on a new stream, if the server allows one at this moment. */
    Optional<Http2Stream> tryOpen(String path) throws IOException {
        return tryOpen(path, "GET", Http2Stream.NO_BODY, Map.of(), false);
    }

    private Optional<Http2Stream> tryOpen(
            String path, String method, long length, Map<String, String> headers, boolean wait)
            throws IOException {
        if (!takeStream(wait)) {
            return Optional.empty();
        }
        List<Header> block = new ArrayList<>();
        block.add(new BasicHeader(":method", method));
        block.add(new BasicHeader(":scheme", tls ? "https" : "http"));
        block.add(new BasicHeader(":authority", "localhost"));
        block.add(new BasicHeader(":path", path));
        headers.forEach((name, value) -> block.add(new BasicHeader(name, value)));
        if (length >= 0) {
            block.add(new BasicHeader("content-length", String.valueOf(length)));
        }
        boolean bodiless = length == Http2Stream.NO_BODY || length == 0;
        writing.lock();
        try {
            Http2Stream stream = new Http2Stream(this, nextStream, length);
            nextStream += 2;
            register(stream);
            write(frames.createHeaders(stream.id(), encoded(block), true, bodiless));
            if (bodiless) {
                requestEnded(stream);
            }
            return Optional.of(stream);
        } finally {
            writing.unlock();
        }
    }

    /**
     * Sends a HEADERS frame without END_HEADERS: after it only an end of the connection is legal.
     */
    void sendPartOfAHead(String path) throws IOException {
        writing.lock();
        try {
            List<Header> block =
                    List.of(
                            new BasicHeader(":method", "GET"),
                            new BasicHeader(":scheme", tls ? "https" : "http"),
                            new BasicHeader(":path", path));
            write(frames.createHeaders(nextStream, encoded(block), false, true));
        } finally {
            writing.unlock();
        }
    }

    private ByteBuffer encoded(List<Header> block) throws IOException {
        ByteArrayBuffer buffer = new ByteArrayBuffer(512);
        encoder.encodeHeaders(buffer, block, false);
        return ByteBuffer.wrap(buffer.array(), 0, buffer.length());
    }

    private boolean takeStream(boolean wait) throws IOException {
        state.lock();
        try {
            if (!wait) {
                return takeStreamNow();
            }
            await(
                    "a free stream of " + maxStreams,
                    () -> openStreams < maxStreams || goAway != null);
            if (end != null) {
                throw new CutOffException("connection has ended: " + end + ", " + goAway);
            }
            if (goAway != null) {
                throw new CutOffException("no new stream after " + goAway);
            }
            return takeStreamNow();
        } finally {
            state.unlock();
        }
    }

    private boolean takeStreamNow() {
        boolean taken = end == null && goAway == null && openStreams < maxStreams;
        openStreams += taken ? 1 : 0;
        return taken;
    }

    private void register(Http2Stream stream) {
        state.lock();
        try {
            stream.addToSendWindow(initialSendWindow);
            streams.put(stream.id(), stream);
        } finally {
            state.unlock();
        }
    }

    /** Returns SETTINGS_MAX_CONCURRENT_STREAMS of the server; {@link Long#MAX_VALUE} if none. */
    public long maxConcurrentStreams() {
        return locked(() -> maxStreams);
    }

    /** Returns the window that the server gives each new stream, in bytes. */
    public int initialWindow() {
        return locked(() -> initialSendWindow);
    }

    /** Returns how many bytes the server takes on all streams together before it grants more. */
    public long connectionWindow() {
        return locked(() -> sendWindow);
    }

    /** Returns the last GOAWAY of the server. */
    public Optional<GoAway> goneAway() {
        return locked(() -> Optional.ofNullable(goAway));
    }

    /** Returns whether the connection has ended, from either side. */
    public boolean ended() {
        return locked(() -> end != null);
    }

    /** Ends the connection with a TCP reset. */
    public void reset() throws IOException {
        Sockets.reset(plain);
    }

    @Override
    public void close() throws IOException {
        goOn();
        socket.close();
    }

    // ---- for Http2Stream

    /** Sends as much of the bytes as the windows allow at this moment; returns how many. */
    int trySend(Http2Stream stream, byte[] bytes, int offset, boolean last) throws IOException {
        int allowed;
        state.lock();
        try {
            stream.assertWanted();
            if (end != null) {
                throw new CutOffException("connection has ended: " + end + ", " + goAway);
            }
            long windows = Math.min(sendWindow, stream.sendWindow());
            allowed = (int) Math.min(Math.min(windows, MAX_FRAME), bytes.length - offset);
            if (allowed <= 0) {
                return 0;
            }
            sendWindow -= allowed;
            stream.addToSendWindow(-allowed);
        } finally {
            state.unlock();
        }
        boolean ends = last && offset + allowed == bytes.length;
        writing.lock();
        try {
            write(frames.createData(stream.id(), ByteBuffer.wrap(bytes, offset, allowed), ends));
        } finally {
            writing.unlock();
        }
        if (ends) {
            requestEnded(stream);
        }
        return allowed;
    }

    void sendEnd(Http2Stream stream) throws IOException {
        writing.lock();
        try {
            write(frames.createData(stream.id(), ByteBuffer.allocate(0), true));
        } finally {
            writing.unlock();
        }
        requestEnded(stream);
    }

    private void requestEnded(Http2Stream stream) {
        changeNow(stream::requestEnded);
    }

    void sendGrant(Http2Stream stream, int bytes) throws IOException {
        writing.lock();
        try {
            write(frames.createWindowUpdate(stream.id(), bytes));
        } finally {
            writing.unlock();
        }
    }

    void sendReset(Http2Stream stream, int code) throws IOException {
        writing.lock();
        try {
            write(frames.createResetStream(stream.id(), code));
        } finally {
            writing.unlock();
        }
    }

    /**
     * The test has taken so many bytes of a stream, or has given them up.
     *
     * @param goesOn whether the server may send more on the stream
     */
    void taken(Http2Stream stream, int bytes, boolean goesOn) {
        int due = goesOn ? locked(() -> stream.grant(bytes, streamWindow / 2)) : 0;
        if (due > 0) {
            grant(stream.id(), due);
        }
        grantConnection(bytes);
    }

    /** Grants in large steps: servers take many small window updates for an attack. */
    private void grantConnection(int bytes) {
        int due =
                locked(() -> {
                    notGranted += bytes;
                    int now = notGranted >= DEFAULT_WINDOW ? notGranted : 0;
                    notGranted -= now;
                    return now;
                });
        if (due > 0) {
            grant(CONNECTION, due);
        }
    }

    /** Bytes that have come can be read, also if the connection has ended behind them. */
    private void grant(int id, int bytes) {
        writing.lock();
        try {
            write(frames.createWindowUpdate(id, bytes));
        } catch (IOException ended) {
            // the reading thread comes to the end, too, and says why
        } finally {
            writing.unlock();
        }
    }

    /** Waits, with {@link #state}, until the condition holds or the connection has ended. */
    void await(String what, BooleanSupplier condition) throws IOException {
        long left = TimeUnit.MILLISECONDS.toNanos(Sockets.TIMEOUT_MILLIS);
        state.lock();
        try {
            while (!condition.getAsBoolean() && end == null) {
                if (left <= 0) {
                    throw new SocketTimeoutException("waited in vain for " + what);
                }
                left = changed.awaitNanos(left);
            }
            if (!condition.getAsBoolean()) {
                throw new CutOffException(
                        "connection has ended, before " + what + ": " + end + ", " + goAway);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted, while waiting for " + what);
        } finally {
            state.unlock();
        }
    }

    /** Returns what it says, with {@link #state}. */
    <T> T locked(Supplier<T> value) {
        state.lock();
        try {
            return value.get();
        } finally {
            state.unlock();
        }
    }

    /** A change of the state. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws IOException;
    }

    /** Makes a change with {@link #state}, and wakes those who wait for one. */
    <T> T change(Change<T> change) throws IOException {
        state.lock();
        try {
            T result = change.make();
            changed.signalAll();
            return result;
        } finally {
            state.unlock();
        }
    }

    private void changeNow(Runnable change) {
        state.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            state.unlock();
        }
    }

    /** Neither side has anything more to say on this stream. With {@link #state}. */
    void streamClosed() {
        openStreams--;
    }

    private void write(RawFrame frame) throws IOException {
        output.write(frame, out);
        out.flush();
    }

    // ---- the reader

    private void readFrames() {
        IOException cause;
        try {
            new Reader().run();
            cause = new IOException("the reader has ended");
        } catch (IOException ended) {
            cause = ended;
        } catch (HttpException illegal) {
            cause = new IOException("the server broke the protocol", illegal);
        }
        IOException why = cause;
        changeNow(() -> end = why);
        try {
            socket.close();
        } catch (IOException closed) {
            // it is closed
        }
    }

    /** The state of the reading thread alone. */
    private final class Reader {
        private final FrameInputBuffer input = new FrameInputBuffer(MAX_FRAME);
        private final HPackDecoder decoder =
                new HPackDecoder(HEADER_TABLE, StandardCharsets.ISO_8859_1);
        private final ByteArrayOutputStream block = new ByteArrayOutputStream();
        private boolean blockEnds;

        void run() throws IOException, HttpException {
            decoder.setMaxListSize(MAX_HEADER_LIST);
            while (true) {
                RawFrame frame = input.read(in);
                untilNotPaused();
                FrameType type = FrameType.valueOf(frame.getType());
                if (type != null) {
                    take(type, frame);
                }
            }
        }

        private void untilNotPaused() {
            state.lock();
            try {
                while (paused) {
                    changed.awaitUninterruptibly();
                }
            } finally {
                state.unlock();
            }
        }

        private void take(FrameType type, RawFrame frame) throws IOException, HttpException {
            switch (type) {
                case SETTINGS -> settings(frame);
                case HEADERS, CONTINUATION -> headers(type, frame);
                case DATA -> data(frame);
                case RST_STREAM -> {
                    int code = payload(frame).getInt();
                    stream(frame, stream -> stream.wasReset(code));
                }
                case WINDOW_UPDATE -> windowUpdate(frame);
                case GOAWAY -> {
                    ByteBuffer payload = payload(frame);
                    GoAway received =
                            new GoAway(
                                    payload.getInt() & MAX_WINDOW,
                                    payload.getInt(),
                                    StandardCharsets.UTF_8.decode(payload).toString());
                    changeNow(() -> {
                        goAway = received;
                        streams.values().stream()
                                .filter(stream -> stream.id() > received.lastStream)
                                .forEach(stream ->
                                        stream.wasReset(H2Error.REFUSED_STREAM.getCode()));
                    });
                }
                case PING -> {
                    if (!frame.isFlagSet(FrameFlag.ACK)) {
                        reply(frames.createPingAck(payload(frame)));
                    }
                }
                case PRIORITY -> {} // of no meaning to a client
                case PUSH_PROMISE -> throw new IOException("PUSH_PROMISE, which was forbidden");
            }
        }

        /**
         * The one write of the reading thread, for small frames that a server asks for: it may wait
         * for a test's write, never for a window. A server that has closed the connection does not
         * take it, and may have sent an answer before: reading goes on.
         */
        private void reply(RawFrame frame) {
            writing.lock();
            try {
                write(frame);
            } catch (IOException ended) {
                // reading comes to the end, too, and says why
            } finally {
                writing.unlock();
            }
        }

        private void settings(RawFrame frame) throws IOException {
            if (frame.isFlagSet(FrameFlag.ACK)) {
                return;
            }
            ByteBuffer payload = payload(frame);
            changeNow(() -> {
                while (payload.hasRemaining()) {
                    setting(payload.getShort(), payload.getInt() & 0xffffffffL);
                }
                settled = true;
            });
            reply(frames.createSettingsAck());
        }

        private void setting(int code, long value) {
            if (code == H2Param.MAX_CONCURRENT_STREAMS.getCode()) {
                maxStreams = value;
            } else if (code == H2Param.INITIAL_WINDOW_SIZE.getCode()) {
                int more = (int) value - initialSendWindow;
                initialSendWindow = (int) value;
                streams.values().forEach(stream -> stream.addToSendWindow(more));
            }
        }

        private void headers(FrameType type, RawFrame frame) throws IOException, HttpException {
            ByteBuffer payload = payload(frame);
            if (type == FrameType.HEADERS) {
                block.reset();
                blockEnds = frame.isFlagSet(FrameFlag.END_STREAM);
                if (frame.isFlagSet(FrameFlag.PRIORITY)) {
                    payload.position(payload.position() + 5);
                }
            }
            byte[] part = new byte[payload.remaining()];
            payload.get(part);
            block.write(part);
            if (frame.isFlagSet(FrameFlag.END_HEADERS)) {
                List<Header> headers = decoder.decodeHeaders(ByteBuffer.wrap(block.toByteArray()));
                boolean ends = blockEnds;
                stream(frame, stream -> stream.headersCame(headers, ends));
            }
        }

        private void data(RawFrame frame) throws IOException {
            ByteBuffer payload = payload(frame);
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            boolean ends = frame.isFlagSet(FrameFlag.END_STREAM);
            boolean[] wanted = {false};
            stream(frame, stream -> wanted[0] = stream.dataCame(bytes, ends));
            // window for bytes that no code will read is granted again at once, else the window of
            // the connection is used up
            int unread = wanted[0] ? frame.getLength() - bytes.length : frame.getLength();
            grantConnection(unread);
        }

        private void windowUpdate(RawFrame frame) {
            int more = payload(frame).getInt() & MAX_WINDOW;
            if (frame.getStreamId() == CONNECTION) {
                changeNow(() -> sendWindow += more);
            } else {
                stream(frame, stream -> stream.addToSendWindow(more));
            }
        }

        private void stream(RawFrame frame, Consumer<Http2Stream> change) {
            changeNow(() -> {
                Http2Stream stream = streams.get(frame.getStreamId());
                if (stream != null) {
                    change.accept(stream);
                }
            });
        }

        private static ByteBuffer payload(RawFrame frame) {
            ByteBuffer payload = frame.getPayloadContent();
            return payload == null ? ByteBuffer.allocate(0) : payload;
        }
    }
}
