package dev.treadle.bench.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Many requests that are all held by the server at once: sends them, one connection each, and keeps
 * the connections open without waiting for an answer. Connecting one by one, so that no accept
 * backlog matters.
 */
public final class Hold implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();
    private String problem = "";

    /** Sends so many; fewer if something keeps the rest from it. */
    public Hold(int port, String path, int connections) {
        byte[] request = Requests.get(path);
        try {
            while (channels.size() < connections) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                channel.bind(Requests.source(channels.size() - 1));
                channel.connect(Requests.server(port));
                ByteBuffer bytes = ByteBuffer.wrap(request);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException broken) {
            problem = broken.toString();
        }
    }

    /** Returns what kept the rest from being sent; empty if nothing did. */
    public String problem() {
        return problem;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
