package dev.treadle.jetty;

import dev.treadle.Workers;
import dev.treadle.tck.Http2WorkersContract;
import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;

import java.util.List;

/** The contract over HTTP/2 without TLS. */
@Over(Protocol.H2C)
class JettyH2cContractTest extends Http2WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) {
        return new JettyTckServer(workers, application, protocol());
    }

    /**
     * ServletChannel.handleException knows the failure of a write to a stream that is reset, or
     * whose connection has ended, for no quiet one (12.0.36; without Treadle 12 of 60 connections
     * so ended). And a run that is queued while its request is aborted does not look whether that
     * is over (ServletChannel.handle, 12.0.36 and 12.1.8): it warns of an "unknown request" and
     * does nothing.
     */
    @Override
    protected List<String> faultsOfTheContainer() {
        return List.of(
                "handleException .*(ClosedChannelException|EOFException: reset)",
                "(?s)unknown request.*_servletContextRequest\" is null");
    }
}
