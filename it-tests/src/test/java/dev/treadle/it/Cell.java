package dev.treadle.it;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** One cell of the matrix: a container with a worker model. */
record Cell(String container, String model, List<String> flags) {
    private static final List<String> CONTAINERS = List.of("tomcat", "jetty", "undertow");

    static Stream<Cell> all() {
        return CONTAINERS.stream()
                .flatMap(container ->
                        Stream.of(
                                gevent(container),
                                new Cell(container, "virtual", List.of("--virtual", "50")),
                                new Cell(container, "threads", List.of("--threads=50"))));
    }

    /** Returns the older kinds of Tomcat and Jetty, with gevent. */
    static Stream<Cell> older() {
        return Stream.of(gevent("tomcat10"), gevent("jetty-ee10"));
    }

    private static Cell gevent(String container) {
        return new Cell(container, "gevent", List.of("--gevent", "50", "--hubs", "2"));
    }

    static Stream<String> containers() {
        return CONTAINERS.stream();
    }

    /** Returns each kind of container, the older ones last. */
    static Stream<String> allContainers() {
        return Stream.concat(containers(), older().map(Cell::container));
    }

    /** Starts the launcher on a free port of 127.0.0.1. */
    TreadleProcess start(String... more) throws Exception {
        return TreadleProcess.launcher(
                Stream.of(
                                Stream.of("--http", "127.0.0.1:0", "--container", container),
                                flags.stream(),
                                Arrays.stream(more))
                        .flatMap(part -> part)
                        .toArray(String[]::new));
    }

    /** Returns the text of the start line for the model. */
    String summary() {
        if (!model.equals("gevent")) {
            return model + " 50";
        }
        return "gevent 50 on 2 hubs" + carriers();
    }

    private String carriers() {
        return switch (container) {
            case "tomcat", "tomcat10" -> " (carried by Tomcat's pollers)";
            case "jetty", "jetty-ee10" -> " (carried by Jetty's selectors)";
            default ->
                    Runtime.version().feature() < 24
                            ? " (on threads of their own: before JDK 24 Undertow's WebSockets would wait"
                                    + " for the I/O thread they hold)"
                            : " (carried by Undertow's I/O threads)";
        };
    }

    @Override
    public String toString() {
        return container + " " + model;
    }
}
