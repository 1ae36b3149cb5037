package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

import java.util.List;

final class TreadleRequestsEndpointTest {
    private final Workers workers = Workers.open(WorkerSettings.virtual(10));

    @AfterEach
    void close() {
        workers.close();
    }

    @Test
    void requestsAreInTheMapOneByOneOrInGroups() {
        TreadleRequestsEndpoint endpoint = new TreadleRequestsEndpoint(workers);
        assertThat(endpoint.requests(null))
                .containsOnlyKeys("model", "inside", "queued", "stacksMissing", "requests");
        assertThat(endpoint.requests("stack"))
                .containsOnlyKeys("model", "inside", "queued", "stacksMissing", "groups");
    }

    @Test
    void anotherGroupIsRefusedWithWhatIsExpected() {
        assertThatThrownBy(() -> new TreadleRequestsEndpoint(workers).requests("path"))
                .isInstanceOf(InvalidEndpointRequestException.class)
                .hasMessage("group: path (expected: stack, or no group)");
    }

    @Test
    void reportsAreAListWithOneMapEach() {
        assertThat(new TreadleReportsEndpoint(workers).reports())
                .containsExactly(entry("reports", List.of()));
    }

    @Test
    void theThreadDumpHasTheGroupsBesideIt() {
        TreadleThreadDumpEndpoint endpoint = new TreadleThreadDumpEndpoint(workers);
        assertThat(endpoint.threadDump())
                .containsOnlyKeys(
                        "model", "inside", "queued", "stacksMissing", "groups", "threadDump");
        assertThat(endpoint.textThreadDump()).isEqualTo("virtual: 0 inside, 0 queued\n");
    }
}
