package dev.treadle.internal.hub;

import dev.treadle.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;

/**
 * The {@code epoll} in which the sockets of a hub are nested, so that they end the wait of its
 * loop: that of the loop's selector, or one in the place of a channel that the loop selects.
 *
 * @param place the selector or the channel
 * @param descriptor of the {@code epoll}
 */
record SocketNest(Object place, int descriptor) {
    /**
     * Returns the one of a loop, for the thread that has it.
     *
     * @param last the one it had, which stays as long as the loop has the same selector or channel;
     *     null at first. The descriptor of a channel must not be replaced twice: its selector would
     *     not see the new one
     * @return null if the loop has none
     */
    static @Nullable SocketNest of(Epoll epoll, EventLoop events, @Nullable SocketNest last)
            throws IOException {
        SelectableChannel channel = events.signal();
        Selector selector = events.selector();
        Object place = channel == null ? selector : channel;
        if (place == null) {
            return null;
        }
        if (last != null && last.place.equals(place)) {
            return last;
        }
        return new SocketNest(
                place,
                place instanceof SelectableChannel signal
                        ? epoll.inPlaceOf(signal)
                        : epoll.of((Selector) place));
    }
}
