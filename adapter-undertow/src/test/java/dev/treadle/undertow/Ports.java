package dev.treadle.undertow;

import io.undertow.Undertow;

import java.net.InetSocketAddress;

/** Where a server listens. */
final class Ports {
    private Ports() {}

    static int of(Undertow undertow) {
        return ((InetSocketAddress) undertow.getListenerInfo().getFirst().getAddress()).getPort();
    }
}
