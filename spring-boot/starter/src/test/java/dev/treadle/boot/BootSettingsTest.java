package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.LimitSettings;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.DefaultBootstrapContext;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

final class BootSettingsTest {
    private final StandardEnvironment environment = new StandardEnvironment();

    private BootSettingsTest() {
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
        ConfigurationPropertySources.attach(environment);
    }

    /** Weaker than what is there already. */
    private BootSettingsTest file(String name, String yaml) {
        try {
            new YamlPropertySourceLoader()
                    .load(name, new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), name))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return this;
    }

    private BootSettingsTest variables(Map<String, String> variables) {
        environment
                .getPropertySources()
                .addFirst(
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new LinkedHashMap<>(variables)));
        return this;
    }

    private BootSettingsTest commandLine(String line) {
        String[] arguments = line.split(" ");
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        Map<String, Object> flags = new LinkedHashMap<>();
        TreadleFlags.parse(arguments).forEach((model, n) -> flags.put(model.property(), n));
        if (!flags.isEmpty()) {
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(TreadleFlags.SOURCE, flags));
        }
        return this;
    }

    private WorkerSettings read() {
        return BootSettings.resolve(environment, Map.of(Setting.DRAIN, "PT30S"));
    }

    private void refuses(String message) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(this::read)
                .satisfies(refused -> assertThat(refused.getMessage()).contains(message));
    }

    @Test
    void findsNoModelWhereThereIsNone() {
        file("application.yaml", "treadle.queue: 5");

        assertThat(BootSettings.models(environment)).isEmpty();
    }

    @Test
    void readsEverySetting() {
        WorkerSettings read =
                file(
                                "application.yaml",
                                """
                                treadle:
                                  gevent: 500
                                  hubs: 3
                                  hub-loop: off
                                  listen: 99
                                  queue: 7
                                  queue-timeout: 1500ms
                                  queue-order: adaptive-lifo
                                  refuse-status: 429
                                  retry-after: PT2S
                                  priority-path:
                                    - /healthz
                                    - /actuator/health/*
                                  ready-path: /ready
                                  limit: [/a/*=5, "/b=6:7:1s"]
                                  limits:
                                    payments: 50
                                    "[/checkout/*]": 10:20:1s
                                  harakiri: 30
                                  harakiri-queue-threshold: 4
                                  max-blocking-time: 250ms
                                  retake: off
                                  drain: 1m
                                  drain-delay: 5s
                                  reuse-port: on
                                """)
                        .read();

        assertThat(read.model()).isEqualTo(WorkerModel.GEVENT);
        assertThat(read.limit()).isEqualTo(500);
        assertThat(read.hubs()).isEqualTo(3);
        assertThat(read.hubLoop()).isFalse();
        assertThat(read.listen()).isEqualTo(99);
        assertThat(read.queue()).isEqualTo(7);
        assertThat(read.queueTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(read.refuseStatus()).isEqualTo(429);
        assertThat(read.priorityPaths()).containsExactly("/healthz", "/actuator/health/*");
        assertThat(read.readyPath()).isEqualTo("/ready");
        assertThat(read.limits())
                .extracting(LimitSettings::name)
                .containsExactlyInAnyOrder("/a/*", "/b", "payments", "/checkout/*");
        assertThat(read.limits())
                .filteredOn(limit -> limit.name().equals("/checkout/*"))
                .singleElement()
                .satisfies(limit -> {
                    assertThat(limit.limit()).isEqualTo(10);
                    assertThat(limit.queue()).isEqualTo(20);
                    assertThat(limit.queueTimeout()).isEqualTo(Duration.ofSeconds(1));
                });
        assertThat(read.harakiri()).isEqualTo(Duration.ofSeconds(30));
        assertThat(read.harakiriQueueThreshold()).isEqualTo(4);
        assertThat(read.maxBlockingTime()).isEqualTo(Duration.ofMillis(250));
        assertThat(read.retake()).isNull();
        assertThat(read.drain()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.drainDelay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(read.reusePort()).isTrue();
        assertThat(read.sources()).containsEntry(Setting.QUEUE, "Spring property treadle.queue");
    }

    @ParameterizedTest
    @CsvSource({
        "treadle.queueTimeout, 3s",
        "treadle.queue_timeout, 3s",
        "treadle.QUEUE-TIMEOUT, 3s",
    })
    void namesAreRelaxed(String name, String value) {
        assertThat(
                        file("a.yaml", "treadle.virtual: 5\n" + name + ": " + value)
                                .read()
                                .queueTimeout())
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void placeholdersAreReplaced() {
        assertThat(file("a.yaml", "n: 5\ntreadle.threads: ${n}").read().limit()).isEqualTo(5);
    }

    @Test
    void theEnvironmentIsStrongerThanAFileAlsoWithAnotherModel() {
        WorkerSettings read =
                file("application.yaml", "treadle.gevent: 500\ntreadle.hubs: 2\ntreadle.queue: 9")
                        .variables(Map.of("TREADLE_THREADS", "20", "TREADLE_QUEUE_TIMEOUT", "4s"))
                        .read();

        assertThat(read.model()).isEqualTo(WorkerModel.THREADS);
        assertThat(read.limit()).isEqualTo(20);
        assertThat(read.queue()).isEqualTo(9);
        assertThat(read.queueTimeout()).isEqualTo(Duration.ofSeconds(4));
    }

    @ParameterizedTest
    @CsvSource({
        "--gevent 1000, gevent, 1000",
        "--gevent=1000, gevent, 1000",
        "--threads 50, threads, 50",
        "--virtual, virtual, 1000",
        "--virtual 50, virtual, 50",
        "--treadle.virtual=true, virtual, 1000",
        "--treadle.gevent=50, gevent, 50",
    })
    void theCommandLineIsStrongest(String line, String model, int n) {
        WorkerSettings read =
                file("application.yaml", "treadle.threads: 1")
                        .variables(Map.of("TREADLE_THREADS", "2"))
                        .commandLine(line)
                        .read();

        assertThat(read.model().word()).isEqualTo(model);
        assertThat(read.limit()).isEqualTo(n);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--gevent | --gevent: (empty) (expected: a whole number from 1 to",
                "--gevent 0 | --gevent: 0 (expected:",
                "--gevent many | --gevent: many (expected:",
                "--gevent=-5 | --gevent: -5 (expected:",
                "--threads 1.5 | --threads: 1.5 (expected:",
                "--virtual=-1 | --virtual: -1 (expected:",
                "--gevent 5 --threads 6 | --threads and --gevent: 6 and 5 (expected: exactly one of",
                "--gevent 5 --treadle.threads=6 | --gevent and --treadle.threads: 5 and 6 (expected: exactly one",
                "--threads 5 --treadle.hubs=2 | treadle.hubs: 2 (expected: only together with gevent",
                "--treadle.gevent=5 --treadle.queue=-1 | treadle.queue: -1 (expected:",
                "--treadle.gevent=5 --treadle.queue-timeout=soon | treadle.queue-timeout: soon (expected: a duration from 1ms to 30d, such as 10s, 500ms or 2m; a bare number is seconds)",
                "--treadle.gevent=5 --treadle.harakiri=soon | treadle.harakiri: soon (expected:",
                "--treadle.gevent=5 --treadle.retake=true | treadle.retake: true (expected:",
                "--treadle.gevent=5 --treadle.drain=-1s | treadle.drain: -1s (expected:",
                "--treadle.gevent=5 --treadle.hub-loop=maybe | treadle.hub-loop: maybe (expected: on or off",
                "--treadle.gevent=5 --treadle.refuse-status=200 | treadle.refuse-status: 200 (expected:",
                "--treadle.gevent=5 --treadle.priority-path=healthz | treadle.priority-path: healthz (expected:",
                "--treadle.gevent=5 --treadle.limit=/a | treadle.limit: /a (expected: PATH=N",
                "--treadle.gevent=5 --treadle.limits.payments=0 | treadle.limit: payments=0 (expected: PATH=N",
                "--treadle.gevent=5 --treadle.quue=5 | treadle.quue: 5 (expected: a setting of Treadle; did you mean treadle.queue?)",
                "--treadle.gevent=5 --treadle.queue.timeout=5s | treadle.queue.timeout: 5s (expected: a setting of Treadle; did you mean treadle.queue-timeout?)",
                "--treadle.gevent=5 --treadle.colour=red | treadle.colour: red (expected: one of treadle.threads",
            })
    void tellsWhatIsWrong(String line, String message) {
        commandLine(line).refuses(message);
    }

    /** As on every other way to set it. */
    @ParameterizedTest
    @CsvSource({"queue-timeout", "drain", "drain-delay", "harakiri", "retry-after", "retake"})
    void aBareNumberIsSeconds(String setting) {
        assertThat(commandLine("--gevent 5 --treadle." + setting + "=7").read().describe())
                .contains(setting + "=7s (Spring property treadle." + setting + ")");
    }

    @ParameterizedTest
    @CsvSource({
        "TREADLE_QUEUETIMEOUT, 3",
        "TREADLE_QUEUE_TIMEOUT, 3s",
        "treadle_queue_timeout, 3s",
        "TREADLE_PRIORITYPATH, /healthz",
        "TREADLE_PRIORITY_PATH_0, /healthz",
        "TREADLE_PRIORITY_PATH_0_, /healthz",
        "TREADLE_LIMITS_PAYMENTS, 20",
        "TREADLE_TASKEXECUTION, true",
        "TREADLE_TASK_EXECUTION, true",
        "TREADLE_ENABLED, true",
        "TREADLE_JDKS, /opt/jdk",
        "TREADLE_PORT, tcp://10.0.0.1:80",
    })
    void namesOfVariablesAreRelaxed(String name, String value) {
        assertThat(variables(Map.of(name, value, "TREADLE_GEVENT", "5")).read().limit())
                .isEqualTo(5);
        KnownNames.require(environment);
    }

    @ParameterizedTest
    @CsvSource({
        "TREADLE_QUUE, did you mean TREADLE_QUEUE?",
        "TREADLE_QUEUE_TIMOUT, did you mean TREADLE_QUEUE_TIMEOUT?",
        "TREADLE_LIMITT, did you mean TREADLE_LIMIT?",
        "TREADLE_COLOUR, one of TREADLE_THREADS",
    })
    void anUnknownVariableIsAMistakeAlsoWithoutAModel(String name, String advice) {
        variables(Map.of(name, "5"));
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> KnownNames.require(environment))
                .withMessageStartingWith(name + ": 5 (expected: ")
                .withMessageContaining(advice);
    }

    @Test
    void anUnknownNameOfAFileIsAMistakeAlsoWithoutAModel() {
        file("application.yaml", "treadle.task-executor: true");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> KnownNames.require(environment))
                .withMessage(
                        "treadle.task-executor: true (expected: a setting of Treadle; did you mean"
                                + " treadle.task-execution?)");
    }

    @Test
    void hubsOnTheCommandLineAreForTheFlagThere() {
        assertThat(commandLine("--gevent 5 --treadle.hubs=3").read().hubs()).isEqualTo(3);
    }

    @Test
    void twoModelsInOneFileContradictEachOther() {
        file("application.yaml", "treadle.gevent: 5\ntreadle.threads: 6")
                .refuses("treadle.threads and treadle.gevent: 6 and 5 (expected: exactly one of");
    }

    @Test
    void variablesOfKubernetesAreNobodysMistake() {
        assertThat(
                        variables(Map.of("TREADLE_SERVICE_HOST", "10.0.0.1", "TREADLE_GEVENT", "5"))
                                .read()
                                .limit())
                .isEqualTo(5);
    }

    @Test
    void knowsWhereAPropertyStands() {
        file("application.yaml", "a: b\ntreadle.gevent: 5");

        assertThat(BootSettings.origin(environment, "treadle.gevent"))
                .hasValueSatisfying(
                        origin -> assertThat(origin).contains("application.yaml").contains("2:17"));
        assertThat(BootSettings.origin(environment, "treadle.hubs")).isEmpty();
        assertThat(BootSettings.origin(environment, "Not valid")).isEmpty();
    }

    @Test
    void theListenerPutsFlagsInFrontOfAllElse() {
        file("application.yaml", "treadle.threads: 1");
        ApplicationEnvironmentPreparedEvent event =
                new ApplicationEnvironmentPreparedEvent(
                        new DefaultBootstrapContext(),
                        new SpringApplication(),
                        new String[] {"--gevent", "7"},
                        environment);
        TreadleFlags listener = new TreadleFlags();

        listener.onApplicationEvent(event);
        listener.onApplicationEvent(event); // Spring Cloud does it twice

        assertThat(environment.getProperty("treadle.gevent")).isEqualTo("7");
        assertThat(read().summary())
                .isEqualTo("gevent 7 on " + Runtime.getRuntime().availableProcessors() + " hubs");
    }
}
