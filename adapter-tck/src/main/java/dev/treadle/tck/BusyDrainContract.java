package dev.treadle.tck;

import dev.treadle.settings.WorkerModel;

/**
 * The part of {@link DrainContract} that computes for seconds. It does not depend on the protocol,
 * so it runs over HTTP/1.1 alone.
 */
@SameWithoutLoops
public interface BusyDrainContract extends DrainContract {
    @EachModel
    default void aRequestThatComputesDoesNotProlongAStop(WorkerModel model) throws Exception {
        assertStopEnds(
                model,
                "computes",
                run -> {
                    run.connect().sendGet("/spin");
                    run.untilInside(1);
                });
    }
}
