package dev.treadle.tomcat;

import dev.treadle.Workers;
import dev.treadle.tck.Http2WorkersContract;
import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;

import java.io.IOException;
import java.util.List;

/** The contract over HTTP/2 without TLS. */
@Over(Protocol.H2C)
class TomcatH2cContractTest extends Http2WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) throws IOException {
        return new TomcatTckServer(workers, application, protocol());
    }

    @Override
    protected List<String> faultsOfTheContainer() {
        return TomcatTckServer.FAULTS;
    }
}
