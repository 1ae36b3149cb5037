package dev.treadle.tomcat;

import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionHook;
import org.apache.coyote.ErrorState;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.invoke.VarHandle.AccessMode;

/**
 * The private parts of Tomcat's processors that an {@link Exchange} needs. They are the same in
 * 10.1.55 and 11.0.25, and are looked up once.
 */
final class CoyoteInternals {
    /** Null if this Tomcat has them not, or is a module that is not open to this code. */
    static final @Nullable CoyoteInternals FOUND = find();

    private final VarHandle requestHook;
    private final VarHandle responseHook;
    private final VarHandle outputBuffer;
    private final VarHandle contentType;
    private final VarHandle socketWrapper;
    private final VarHandle errorState;
    private final VarHandle parsingHeader;
    private final MethodHandle processSocketEvent;

    private CoyoteInternals() throws ReflectiveOperationException {
        Lookup own = MethodHandles.lookup();
        Lookup request = MethodHandles.privateLookupIn(Request.class, own);
        Lookup response = MethodHandles.privateLookupIn(Response.class, own);
        Lookup processor = MethodHandles.privateLookupIn(AbstractProcessor.class, own);
        requestHook = request.findVarHandle(Request.class, "hook", ActionHook.class);
        responseHook = response.findVarHandle(Response.class, "hook", ActionHook.class);
        outputBuffer = response.findVarHandle(Response.class, "outputBuffer", OutputBuffer.class);
        contentType = response.findVarHandle(Response.class, "contentType", String.class);
        socketWrapper =
                processor.findVarHandle(
                        AbstractProcessor.class, "socketWrapper", SocketWrapperBase.class);
        errorState =
                processor.findVarHandle(AbstractProcessor.class, "errorState", ErrorState.class);
        parsingHeader =
                MethodHandles.privateLookupIn(Http11InputBuffer.class, own)
                        .findVarHandle(Http11InputBuffer.class, "parsingHeader", boolean.class);
        processSocketEvent =
                processor.findVirtual(
                        AbstractProcessor.class,
                        "processSocketEvent",
                        MethodType.methodType(void.class, SocketEvent.class, boolean.class));
        tryOut();
    }

    /** Writes what is written later; only a connection can try the rest. */
    private void tryOut() throws NoSuchFieldException {
        Request request = new Request();
        Response response = new Response();
        hook(request, response, (code, parameter) -> {});
        if (hook(response) == null || !errorState.isAccessModeSupported(AccessMode.SET)) {
            throw new NoSuchFieldException("hook and error state that can be written");
        }
    }

    private static @Nullable CoyoteInternals find() {
        try {
            return new CoyoteInternals();
        } catch (ReflectiveOperationException | RuntimeException differs) {
            System.getLogger("dev.treadle.tomcat")
                    .log(
                            Level.WARNING,
                            "org.apache.coyote of this Tomcat is not one this version knows (expected:"
                                    + " 10.1 or 11): answers during a stop do not close their connection,"
                                    + " event streams count in N, and a request that waits for its"
                                    + " client cannot be ended",
                            differs);
            return null;
        }
    }

    ActionHook hook(Response response) {
        return (ActionHook) responseHook.getVolatile(response);
    }

    void hook(Request request, Response response, ActionHook hook) {
        requestHook.setVolatile(request, hook);
        responseHook.setVolatile(response, hook);
    }

    OutputBuffer outputBuffer(Response response) {
        return (OutputBuffer) outputBuffer.get(response);
    }

    /**
     * Returns the content type without its charset; null if there is none. The getter of Tomcat
     * makes a text of both.
     */
    @Nullable String contentType(Response response) {
        return (String) contentType.get(response);
    }

    /** Returns the connection that a processor serves now; null if none. */
    @Nullable SocketWrapperBase<?> socketWrapper(AbstractProcessor processor) {
        return (SocketWrapperBase<?>) socketWrapper.getVolatile(processor);
    }

    /** Returns how severe the error of the request of a processor is. On its thread. */
    ErrorState errorState(AbstractProcessor processor) {
        return (ErrorState) errorState.get(processor);
    }

    /** Changes how severe the error of the request of a processor is. On its thread. */
    void errorState(AbstractProcessor processor, ErrorState state) {
        errorState.set(processor, state);
    }

    /**
     * Whether a connection of HTTP/1.1 is done with its former request, and waits for the head of
     * the next one, of which it may have read a part.
     */
    boolean awaitsHead(InputBuffer input) {
        return (boolean) parsingHeader.getVolatile((Http11InputBuffer) input);
    }

    /** Has a thread of Tomcat look at the request of the processor for an error. */
    void dispatchError(AbstractProcessor processor) {
        try {
            processSocketEvent.invokeExact(processor, SocketEvent.ERROR, true);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
