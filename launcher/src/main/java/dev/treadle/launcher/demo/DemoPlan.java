package dev.treadle.launcher.demo;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.WorkerModel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The plan of the demo's measurements.
 *
 * @param cells the servers, in the order they run
 * @param concurrency how many requests are under way at a time; N of every worker model
 * @param requests how many requests each server gets
 * @param sleep how long the handler sleeps
 * @param warmUp how many requests, all at once, each server gets before those that are measured; 0:
 *     it is measured cold
 */
record DemoPlan(List<Cell> cells, int concurrency, int requests, Duration sleep, int warmUp) {
    private static final int MOST_CLIENTS = 20_000;
    private static final int MOST_REQUESTS = 10_000_000;

    static DemoPlan of(
            String container,
            String models,
            String concurrency,
            String requests,
            Duration sleep,
            String warmUp) {
        List<Cell> cells = new ArrayList<>();
        for (ContainerKind kind : containers(container)) {
            for (WorkerModel model : models(models)) {
                cells.add(new Cell(kind, model));
            }
        }
        int atATime = count("--concurrency", concurrency, 1, MOST_CLIENTS);
        return new DemoPlan(
                List.copyOf(cells),
                atATime,
                count("--requests", requests, 1, MOST_REQUESTS),
                sleep,
                Math.min(atATime, count("--warm-up", warmUp, 0, MOST_CLIENTS)));
    }

    /**
     * Returns the least time any server can take: the requests in full rounds of the concurrency,
     * each a sleep long.
     */
    Duration limit() {
        return sleep.multipliedBy(Math.ceilDiv(requests, concurrency));
    }

    private static List<ContainerKind> containers(String text) {
        if (text.equals("all")) {
            return ContainerKind.usual();
        }
        return ContainerKind.find(text)
                .map(List::of)
                .orElseThrow(() ->
                        new InvalidSettingException(
                                "--container",
                                text,
                                "all, which is tomcat, jetty and undertow, or one of them, tomcat10 or"
                                        + " jetty-ee10"));
    }

    private static Set<WorkerModel> models(String text) {
        Set<WorkerModel> models = new LinkedHashSet<>();
        for (String word : text.split(",", -1)) {
            models.add(model(word.strip(), text));
        }
        return models;
    }

    private static WorkerModel model(String word, String text) {
        for (WorkerModel model : WorkerModel.values()) {
            if (model.word().equals(word)) {
                return model;
            }
        }
        throw new InvalidSettingException(
                "--models", text, "threads, virtual and gevent, joined by commas");
    }

    private static int count(String name, String text, int least, int most) {
        if (text.matches("\\d{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new InvalidSettingException(
                name, text, "a whole number from " + least + " to " + most);
    }
}
