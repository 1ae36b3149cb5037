package dev.treadle.undertow;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.WorkersContract;

import jakarta.servlet.ServletException;

import java.util.List;
import java.util.Set;

/** The contract, with Undertow's servlets and WebSockets. */
class UndertowWorkersContractTest extends WorkersContract {
    @Override
    public Set<Gap> gaps() {
        return UndertowTckServer.GAPS;
    }

    @Override
    protected List<String> faultsOfTheContainer() {
        return List.of(UndertowTckServer.LATE_TIMEOUT);
    }

    @Override
    protected TckServer newServer(Workers workers, TckApplication application)
            throws ServletException {
        return new UndertowTckServer(workers, application, protocol());
    }
}
