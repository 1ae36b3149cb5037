package dev.treadle.internal.gate;

import dev.treadle.gate.ClientSocket;
import dev.treadle.gate.GateAnswer;
import dev.treadle.gate.Permit;
import dev.treadle.stats.RefusalReason;

import java.util.Arrays;

/** Brings requests to a gate that are to go in. */
public final class Requests {
    private Requests() {}

    /** A request that was to go in and does not. */
    public static final class TurnedAwayException extends Exception {
        private static final long serialVersionUID = 1L;

        private final RefusalReason reason;

        TurnedAwayException(GateAnswer answer) {
            super(answer.words());
            this.reason = reasonOf(answer);
        }

        /** Returns why. */
        public RefusalReason reason() {
            return reason;
        }
    }

    /** The same without a client. */
    public static RequestPermit enter(RequestGate gate, String method, String path)
            throws TurnedAwayException, InterruptedException {
        return enter(gate, method, path, ClientSocket.UNKNOWN);
    }

    /** Brings a request, and parks the current thread while it waits in the queue. */
    static RequestPermit enter(RequestGate gate, String method, String path, ClientSocket client)
            throws TurnedAwayException, InterruptedException {
        return switch (gate.enter(method, path, client)) {
            case Permit permit -> (RequestPermit) permit;
            case GateAnswer answer -> throw new TurnedAwayException(answer);
        };
    }

    /** Returns why a request got this answer of a gate. */
    static RefusalReason reasonOf(GateAnswer answer) {
        return Arrays.stream(RefusalReason.values())
                .filter(reason -> reason.words().equals(answer.words()))
                .findFirst()
                .orElseThrow();
    }
}
