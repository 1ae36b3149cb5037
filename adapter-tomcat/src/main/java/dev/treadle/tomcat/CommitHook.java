package dev.treadle.tomcat;

import dev.treadle.Gate;

import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11Processor;
import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Adds {@code Connection: close} to each answer on HTTP/1.1 from the first moment of a stop, also
 * to those of requests that were inside before. It stands between a response and its processor,
 * because Tomcat has no listener for a commit, and most answers are committed inside the
 * application: by a flush, a full buffer, or by the last byte of a content length. The two stay
 * together for as long as the processor is used, so the hook is put there once.
 */
record CommitHook(ActionHook processor, Response response, Gate gate) implements ActionHook {
    private static final Logger LOG = System.getLogger("dev.treadle.tomcat");
    private static final @Nullable VarHandle HOOK = find();
    private static final int SWITCHING_PROTOCOLS = 101;

    private static @Nullable VarHandle find() {
        try {
            return MethodHandles.privateLookupIn(Response.class, MethodHandles.lookup())
                    .findVarHandle(Response.class, "hook", ActionHook.class);
        } catch (ReflectiveOperationException otherTomcat) {
            LOG.log(
                    Level.WARNING,
                    "org.apache.coyote.Response has no field hook (expected: Tomcat 10.1 or 11):"
                            + " at a stop, answers of requests that were inside before do not close their connection",
                    otherTomcat);
            return null;
        }
    }

    /** Puts the hook into the response of this request, where it is not yet. */
    static void install(org.apache.catalina.connector.Response response, Gate gate) {
        if (HOOK == null) {
            return;
        }
        Response coyote = response.getCoyoteResponse();
        ActionHook present = (ActionHook) HOOK.getVolatile(coyote);
        // on AJP the connection is the proxy's, and HTTP/2 has no such header (RFC 9113, 8.2.2)
        if (present instanceof Http11Processor) {
            HOOK.setVolatile(coyote, new CommitHook(present, coyote, gate));
        }
    }

    /** Whether the response goes out on a connection of HTTP/1.1. */
    static boolean isHttp1(Response response) {
        return HOOK != null && HOOK.getVolatile(response) instanceof CommitHook;
    }

    @Override
    public void action(ActionCode code, @Nullable Object parameter) {
        boolean mayCommit =
                code == ActionCode.COMMIT
                        || code == ActionCode.CLIENT_FLUSH
                        || code == ActionCode.CLOSE;
        if (mayCommit
                && !gate.ready()
                && !response.isCommitted()
                && response.getStatus() != SWITCHING_PROTOCOLS) {
            response.setHeader("Connection", "close");
        }
        processor.action(code, parameter);
    }
}
