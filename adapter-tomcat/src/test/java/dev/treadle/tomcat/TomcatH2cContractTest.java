package dev.treadle.tomcat;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.Http2WorkersContract;
import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The contract over HTTP/2 without TLS. */
@Over(Protocol.H2C)
class TomcatH2cContractTest extends Http2WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) throws IOException {
        return new TomcatTckServer(workers, application, protocol());
    }

    /**
     * Stream.recycle puts the request back into Http2Protocol's pool, also where no CoyoteAdapter
     * has ended the asynchronous work of the servlet's request that belongs to it (10.1.55 and
     * 11.0.25; without Treadle 9 of 300 requests beside 150 aborted ones got 500).
     */
    @Override
    public Set<Gap> gaps() {
        return Set.of(Gap.FAILED_ASYNC_SPOILS_ANOTHER);
    }

    @Override
    protected List<String> faultsOfTheContainer() {
        return TomcatTckServer.FAULTS;
    }
}
