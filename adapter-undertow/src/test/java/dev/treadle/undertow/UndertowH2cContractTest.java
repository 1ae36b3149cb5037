package dev.treadle.undertow;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.Http2WorkersContract;
import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;

import jakarta.servlet.ServletException;

import java.util.List;
import java.util.Set;

/** The contract over HTTP/2 without TLS. */
@Over(Protocol.H2C)
class UndertowH2cContractTest extends Http2WorkersContract {
    /**
     * See HubCarriers: while a thread waits for a stream, Undertow keeps its I/O threads busy
     * (AbstractFramedStreamSourceChannel.resumeReadsInternal, 2.3.26).
     */
    @Override
    public Set<Gap> gaps() {
        return Set.of(Gap.NO_HUB_LOOPS);
    }

    /**
     * A stream that is reset closes the buffer that a thread writes into at this moment
     * (AbstractFramedStreamSinkChannel.close takes a lock that write does not, 2.3.26).
     */
    @Override
    protected List<String> faultsOfTheContainer() {
        return List.of(
                "UT005023.*AbstractFramedStreamSinkChannel\\.write",
                UndertowTckServer.LATE_TIMEOUT);
    }

    @Override
    protected TckServer newServer(Workers workers, TckApplication application)
            throws ServletException {
        return new UndertowTckServer(workers, application, protocol());
    }
}
