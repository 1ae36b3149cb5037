package dev.treadle.tck;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import dev.treadle.internal.hub.JdkSockets;
import dev.treadle.settings.WorkerModel;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * For a class that is {@link HubSocketsOn}: otherwise all of it would pass with the JDK's pollers.
 */
public interface HubSocketsContract extends GateContract {
    @EachModel
    default void greenletsWaitForSocketsWithTheirHubs(WorkerModel model) throws Exception {
        JdkSockets sockets = requireNonNull(JdkSockets.get(), JdkSockets::problem);
        TckRun run = start(GateContract.settings(model, 10).build());
        List<CompletableFuture<Client.Answer>> answers =
                Stream.generate(() -> run.getLater("/stuck/socket")).limit(4).toList();
        run.until("each waits with a hub", () -> sockets.waiting() == answers.size());
        run.untilNoCpuIsUsed();
        run.probe().letGo();
        assertThat(answers)
                .extracting(CompletableFuture::join)
                .extracting(Client.Answer::text)
                .containsOnly("read");
        assertThat(sockets.waiting()).isZero();
    }
}
