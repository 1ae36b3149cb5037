package dev.treadle.launcher.demo;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.settings.WorkerModel;

/** One server of the demo: a container with a worker model. */
record Cell(ContainerKind container, WorkerModel model) {
    @Override
    public String toString() {
        return container.word() + " " + model;
    }
}
