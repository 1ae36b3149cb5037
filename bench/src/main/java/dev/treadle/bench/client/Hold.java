package dev.treadle.bench.client;

import dev.treadle.launcher.load.LoadResult;

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
final class Hold implements AutoCloseable {
    private final List<SocketChannel> channels = new ArrayList<>();

    /** Returns how many were sent, as {@code ok}, and what kept the rest from it. */
    LoadResult send(ClosedLoad load) {
        byte[] request = Requests.get(load.path());
        String problem = null;
        try {
            while (channels.size() < load.connections()) {
                SocketChannel channel = SocketChannel.open();
                channels.add(channel);
                channel.bind(Requests.source(channels.size() - 1));
                channel.connect(Requests.server(load.port()));
                ByteBuffer bytes = ByteBuffer.wrap(request);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException broken) {
            problem = broken.toString();
        }
        int sent = channels.size();
        return new LoadResult(0, sent, load.connections() - sent, 0, 0, problem);
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        channels.clear();
    }
}
