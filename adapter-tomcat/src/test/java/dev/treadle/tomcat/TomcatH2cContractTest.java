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
     * StreamProcessor.process closes the connection for the exception of asyncPostProcess, and puts
     * the request back into its pool as it is (10.1.55 and 11.0.25; without Treadle the same).
     */
    @Override
    public Set<Gap> gaps() {
        return Set.of(Gap.SPOILS_THE_NEXT_AFTER_A_THROW_BEHIND_START_ASYNC);
    }

    @Override
    protected List<String> faultsOfTheContainer() {
        return TomcatTckServer.FAULTS;
    }
}
