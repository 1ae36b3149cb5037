package dev.treadle.it.contract;

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

/** The contract through a WAR and the launcher, over HTTP/2 without TLS. */
@Over(Protocol.H2C)
class H2cWarContractTest extends Http2WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) throws IOException {
        return new WarTckServer(workers, application, protocol());
    }

    @Override
    public Set<Gap> gaps() {
        return ContainerTraits.gaps(protocol());
    }

    @Override
    protected List<String> faultsOfTheContainer() {
        return ContainerTraits.faults(protocol());
    }
}
