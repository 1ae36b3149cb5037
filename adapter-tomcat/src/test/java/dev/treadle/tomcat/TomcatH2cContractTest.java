package dev.treadle.tomcat;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.Http2WorkersContract;
import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;

import org.apache.catalina.util.ServerInfo;

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

    @Override
    protected List<String> faultsOfTheContainer() {
        return TomcatTckServer.FAULTS;
    }

    /**
     * Tomcat 11.0.25 and 11.0.27 lose answers of write listeners without Treadle, too; 10.1.55 does
     * not.
     */
    @Override
    public Set<Gap> gaps() {
        return ServerInfo.getServerNumber().startsWith("11.")
                ? Set.of(
                        Gap.STRUCK_STREAMS_END_A_STALLED_CONNECTION,
                        Gap.WRITE_LISTENERS_LOSE_ANSWERS_OVER_HTTP2)
                : Set.of(Gap.STRUCK_STREAMS_END_A_STALLED_CONNECTION);
    }
}
