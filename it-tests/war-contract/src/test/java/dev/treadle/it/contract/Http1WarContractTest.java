package dev.treadle.it.contract;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.WorkersContract;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The contract through a WAR and the launcher, over HTTP/1.1. */
class Http1WarContractTest extends WorkersContract {
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
