package dev.treadle.jetty;

import dev.treadle.Workers;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.WorkersContract;

/** The contract on Jetty, core and ee10; the build runs it on 12.0 and on 12.1. */
class JettyWorkersContractTest extends WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) {
        return new JettyTckServer(workers, application, protocol());
    }
}
