package dev.treadle.launcher.demo;

import dev.treadle.WorkerModel;
import dev.treadle.launcher.host.ContainerKind;

/** One server of the demo: a container with a worker model. */
record Cell(ContainerKind container, WorkerModel model) {
    @Override
    public String toString() {
        return container.word() + " " + model;
    }
}
