package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The launcher as the files for operators start it. */
class ExamplesTest {
    private static final Path EXAMPLES = Places.root().resolve("examples");

    /** What the end of a stop takes after the drain, as docs/operations.md says. */
    private static final int END_SECONDS = 2;

    private static final Pattern COMMAND = Pattern.compile("(?m)^CMD \\[(.*)]$");
    private static final Pattern STOP_TIMEOUT = Pattern.compile("--stop-timeout (\\d+)");

    /** Goes down a tree of maps and lists by keys and indices. */
    private static Object at(Object tree, Object... path) {
        Object node = tree;
        for (Object step : path) {
            Object next =
                    node instanceof List<?> list
                            ? list.get((Integer) step)
                            : ((Map<?, ?>) node).get(step);
            if (next == null) {
                throw new AssertionError(step + " is missing in " + node);
            }
            node = next;
        }
        return node;
    }

    private static Object podOfTheDeployment() throws IOException {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        List<Object> documents = new ArrayList<>();
        yaml.loadAll(Files.readString(EXAMPLES.resolve("kubernetes/treadle.yaml")))
                .forEach(documents::add);
        assertThat(documents)
                .extracting(document -> at(document, "kind"))
                .containsExactly("Deployment", "Service");
        Object labels = at(documents.get(0), "spec", "template", "metadata", "labels");
        assertThat(at(documents.get(0), "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(documents.get(1), "spec", "selector")).isEqualTo(labels);
        assertThat(at(documents.get(1), "spec", "ports", 0, "targetPort")).isEqualTo("http");
        return at(documents.get(0), "spec", "template", "spec");
    }

    private static List<String> arguments(Object container) {
        return ((List<?>) at(container, "args")).stream().map(String::valueOf).toList();
    }

    /** Returns the value of an option. */
    private static String value(List<String> arguments, String option) {
        List<String> values =
                arguments.stream()
                        .filter(argument -> argument.startsWith(option + "="))
                        .map(argument -> argument.substring(option.length() + 1))
                        .toList();
        assertThat(values).as("%s in %s", option, arguments).hasSize(1);
        return values.get(0);
    }

    @Test
    void probesOfTheManifestAreAnsweredByTheLauncherWithItsOptions() throws Exception {
        Object container = at(podOfTheDeployment(), "containers", 0);
        List<String> arguments = arguments(container);
        String liveness = (String) at(container, "livenessProbe", "httpGet", "path");

        assertThat(value(arguments, "--priority-path")).isEqualTo(liveness);
        assertThat(at(container, "livenessProbe", "httpGet", "port")).isEqualTo("http");
        assertThat(portsByName(container))
                .isEqualTo(
                        Map.of(
                                "http", port(value(arguments, "--http")),
                                "stats", port(value(arguments, "--stats"))));

        String[] here =
                arguments.stream()
                        .map(argument ->
                                argument.replaceFirst("^(--war)=.*", "$1=" + Places.exampleWar()))
                        .map(argument ->
                                argument.replaceFirst("^(--http|--stats)=.*", "$1=127.0.0.1:0"))
                        // the page of that application which is cheap
                        .map(argument -> argument.replace(liveness, "/hello"))
                        .toArray(String[]::new);
        try (TreadleProcess server = TreadleProcess.launcher(here);
                Web web = new Web(server.address());
                Web stats = new Web(server.statsAddress())) {
            for (String probe : List.of("startupProbe", "readinessProbe")) {
                assertThat(at(container, probe, "httpGet", "port")).isEqualTo("stats");
                String path = (String) at(container, probe, "httpGet", "path");
                assertThat(stats.get(path).statusCode()).as(probe).isEqualTo(200);
            }
            assertThat(web.get("/hello").statusCode()).isEqualTo(200);
            server.terminate();
            assertThat(server.exitCode()).as(server.err()).isZero();
        }
    }

    private static Map<String, Integer> portsByName(Object container) {
        Map<String, Integer> ports = new HashMap<>();
        for (Object port : (List<?>) at(container, "ports")) {
            ports.put((String) at(port, "name"), (Integer) at(port, "containerPort"));
        }
        return ports;
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    @Test
    void gracePeriodsAreLongerThanAStop() throws Exception {
        Object pod = podOfTheDeployment();
        Object container = at(pod, "containers", 0);
        List<?> preStop = (List<?>) at(container, "lifecycle", "preStop", "exec", "command");
        assertThat(preStop.get(0)).isEqualTo("sleep");
        int drain = Integer.parseInt(value(arguments(container), "--drain").replace("s", ""));

        assertThat((Integer) at(pod, "terminationGracePeriodSeconds"))
                .isGreaterThan(
                        Integer.parseInt(String.valueOf(preStop.get(1))) + drain + END_SECONDS);

        Matcher timeout = STOP_TIMEOUT.matcher(dockerfile());
        assertThat(timeout.find()).isTrue();
        // the default of drain
        assertThat(Integer.parseInt(timeout.group(1))).isGreaterThan(25 + END_SECONDS);
    }

    @Test
    void manifestHasTheOptionsOfTheImage() throws Exception {
        Object pod = podOfTheDeployment();
        Matcher command = COMMAND.matcher(dockerfile());
        assertThat(command.find()).isTrue();
        String[] words = command.group(1).replace("\"", "").split(", ");
        List<String> options = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            options.add(words[i] + "=" + words[i + 1]);
        }

        assertThat(arguments(at(pod, "containers", 0))).containsAll(options);
        assertThat(dockerfile())
                .contains("\nUSER " + at(pod, "securityContext", "runAsUser") + "\n");
    }

    private static String dockerfile() throws IOException {
        return Files.readString(EXAMPLES.resolve("docker/Dockerfile"));
    }
}
