package dev.treadle.undertow;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.Http2WorkersContract;
import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;

import jakarta.servlet.ServletException;

import java.util.Set;

/** The contract over HTTP/2 without TLS. */
@Over(Protocol.H2C)
class UndertowH2cContractTest extends Http2WorkersContract {
    /**
     * See HubCarriers: what Undertow does while somebody waits for a stream
     * (AbstractFramedStreamSourceChannel.resumeReadsInternal, 2.3.26) keeps its I/O threads busy.
     */
    @Override
    public Set<Gap> gaps() {
        return Set.of(Gap.NO_HUB_LOOPS);
    }

    @Override
    protected TckServer newServer(Workers workers, TckApplication application)
            throws ServletException {
        return new UndertowTckServer(workers, application, protocol());
    }
}
