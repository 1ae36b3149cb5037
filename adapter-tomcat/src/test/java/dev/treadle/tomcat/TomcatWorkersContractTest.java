package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.tck.Gap;
import dev.treadle.tck.TckApplication;
import dev.treadle.tck.TckServer;
import dev.treadle.tck.WorkersContract;

import org.apache.catalina.util.ServerInfo;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Set;

class TomcatWorkersContractTest extends WorkersContract {
    @Override
    protected TckServer newServer(Workers workers, TckApplication application) throws IOException {
        return new TomcatTckServer(workers, application, protocol());
    }

    /** Http11Processor.statusDropsConnection, 10.1 and 11. */
    @Override
    public Set<Gap> gaps() {
        return Set.of(Gap.CLOSES_AFTER_503);
    }

    @Override
    protected List<String> faultsOfTheContainer() {
        return TomcatTckServer.FAULTS;
    }

    /** The second run of these tests must not test the first version again. */
    @Test
    void theVersionUnderTestIsTheOneTheBuildSays() {
        assertThat(ServerInfo.getServerInfo())
                .isEqualTo(System.getProperty("treadle.tck.container"));
    }
}
