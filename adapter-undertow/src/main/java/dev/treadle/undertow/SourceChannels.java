package dev.treadle.undertow;

import io.undertow.Version;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;

import org.xnio.conduits.ConduitStreamSourceChannel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/**
 * Finds the channel under a request. Undertow 2.3.26 shows the one under an answer ({@code
 * Connectors.getConduitSinkChannel}) and not this one: the method is protected.
 */
final class SourceChannels {
    private final MethodHandle getSourceChannel;

    private SourceChannels(MethodHandle getSourceChannel) {
        this.getSourceChannel = getSourceChannel;
    }

    /**
     * Finds the method.
     *
     * @throws IllegalStateException if it is not there, or not open to this class
     */
    static SourceChannels find() {
        try {
            Method method = ServerConnection.class.getDeclaredMethod("getSourceChannel");
            method.setAccessible(true);
            return new SourceChannels(MethodHandles.lookup().unreflect(method));
        } catch (ReflectiveOperationException | RuntimeException missing) {
            throw new IllegalStateException(
                    "Undertow "
                            + Version.getVersionString()
                            + ": cannot call ServerConnection.getSourceChannel, without"
                            + " which each slow upload would hold up its hub (expected: Undertow 2.3, from the class path or"
                            + " a module open to dev.treadle.undertow)",
                    missing);
        }
    }

    /** Returns the channel under the body of the request. */
    ConduitStreamSourceChannel of(HttpServerExchange exchange) {
        try {
            return (ConduitStreamSourceChannel)
                    getSourceChannel.invokeExact(exchange.getConnection());
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(
                    "ServerConnection.getSourceChannel declares no checked exception", impossible);
        }
    }
}
