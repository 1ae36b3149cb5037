package dev.treadle.jetty;

import dev.treadle.loop.EventLoop;
import dev.treadle.loop.HubLoops;
import dev.treadle.loop.LoopCarrier;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Which loop carries which hub. A hub may still be with the loop of the last start, whose thread is
 * held in a slice, when the next start makes its successor: that one goes without until the hub is
 * free.
 */
final class HubSlots {
    private final HubLoops hubs;
    private final AtomicReferenceArray<@Nullable EventLoop> owners;

    HubSlots(HubLoops hubs) {
        this.hubs = hubs;
        this.owners = new AtomicReferenceArray<>(hubs.count());
    }

    int count() {
        return owners.length();
    }

    /** Gives the hub to a loop; null if another has it. */
    @Nullable LoopCarrier claim(int hub, EventLoop loop) {
        return owners.get(hub) == null && owners.compareAndSet(hub, null, loop)
                ? hubs.attach(hub, loop)
                : null;
    }

    /** The loop that had the hub has detached from it. */
    void free(int hub, EventLoop loop) {
        owners.compareAndSet(hub, loop, null);
    }
}
