package dev.treadle.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

final class WorkerSettingsTest {
    private static final Set<Setting> COUNTS =
            EnumSet.of(
                    Setting.THREADS,
                    Setting.VIRTUAL,
                    Setting.GEVENT,
                    Setting.HUBS,
                    Setting.LISTEN,
                    Setting.QUEUE,
                    Setting.REFUSE_STATUS,
                    Setting.STREAMS,
                    Setting.HARAKIRI_QUEUE_THRESHOLD);
    private static final Set<Setting> DURATIONS =
            EnumSet.of(
                    Setting.QUEUE_TIMEOUT,
                    Setting.RETRY_AFTER,
                    Setting.HARAKIRI,
                    Setting.MAX_BLOCKING_TIME,
                    Setting.RETAKE,
                    Setting.DRAIN,
                    Setting.DRAIN_DELAY);
    private static final Set<Setting> ZERO_IS_FINE =
            EnumSet.of(
                    Setting.QUEUE,
                    Setting.STREAMS,
                    Setting.DRAIN,
                    Setting.DRAIN_DELAY,
                    Setting.RETRY_AFTER,
                    Setting.HARAKIRI_QUEUE_THRESHOLD);
    private static final Set<Setting> MAY_BE_OFF =
            EnumSet.of(
                    Setting.HARAKIRI,
                    Setting.RETAKE,
                    Setting.READY_PATH,
                    Setting.PRIORITY_PATH,
                    Setting.LIMIT);
    private static final Set<Setting> SWITCHES =
            EnumSet.of(Setting.HUB_LOOP, Setting.HUB_SOCKETS, Setting.REUSE_PORT);

    /** The forms a source has: how a setting is called there. */
    enum Form {
        FLAG {
            @Override
            String label(Setting setting) {
                return setting.flag();
            }

            @Override
            SettingsSource source(Map<Setting, String> values) {
                return SettingsSource.flags(byName(values, Setting::word));
            }
        },
        ENVIRONMENT {
            @Override
            String label(Setting setting) {
                return setting.variable();
            }

            @Override
            SettingsSource source(Map<Setting, String> values) {
                return SettingsSource.environment(byName(values, Setting::variable));
            }
        },
        PROPERTY {
            @Override
            String label(Setting setting) {
                return setting.property();
            }

            @Override
            SettingsSource source(Map<Setting, String> values) {
                return SettingsSource.properties(
                        "Spring property", byName(values, Setting::property));
            }
        },
        SYSTEM_PROPERTY {
            @Override
            String label(Setting setting) {
                return setting.property();
            }

            @Override
            SettingsSource source(Map<Setting, String> values) {
                Properties properties = new Properties();
                properties.putAll(byName(values, Setting::property));
                properties.setProperty("java.home", "/somewhere");
                return SettingsSource.systemProperties(properties);
            }
        },
        ATTRIBUTE {
            @Override
            String label(Setting setting) {
                return setting.word() + " of Element";
            }

            @Override
            SettingsSource source(Map<Setting, String> values) {
                return SettingsSource.attributes("Element", byName(values, Setting::word));
            }
        };

        abstract String label(Setting setting);

        abstract SettingsSource source(Map<Setting, String> values);

        private static Map<String, String> byName(
                Map<Setting, String> values, java.util.function.Function<Setting, String> name) {
            Map<String, String> named = new HashMap<>();
            values.forEach((setting, value) -> named.put(name.apply(setting), value));
            return named;
        }
    }

    private static SettingsSource flags(String... namesAndValues) {
        Map<String, String> flags = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            flags.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return SettingsSource.flags(flags);
    }

    private static WorkerSettings resolve(SettingsSource... rising) {
        return WorkerSettings.resolve(List.of(rising));
    }

    private static InvalidSettingException mistake(SettingsSource... rising) {
        return catchThrowableOfType(InvalidSettingException.class, () -> resolve(rising));
    }

    @Test
    void defaults() {
        WorkerSettings settings = WorkerSettings.gevent(100);

        assertThat(settings.model()).isEqualTo(WorkerModel.GEVENT);
        assertThat(settings.limit()).isEqualTo(100);
        assertThat(settings.hubs()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.hubLoop()).isTrue();
        assertThat(settings.listen()).isEqualTo(1_024);
        assertThat(settings.queue()).isEqualTo(100);
        assertThat(settings.queueTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.harakiri()).isNull();
        assertThat(settings.maxBlockingTime()).isEqualTo(Duration.ofMillis(100));
        assertThat(settings.retake()).isEqualTo(Duration.ofMillis(5));
        assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(25));
        assertThat(settings.retryAfterSeconds()).isPositive();
    }

    @Test
    void theDefaultBacklogIsNotSmallerThanN() {
        assertThat(WorkerSettings.virtual(5_000).listen()).isEqualTo(5_000);
    }

    @Test
    void modelsWithoutHubsHaveNone() {
        assertThat(WorkerSettings.threads(10).hubs()).isZero();
        assertThat(WorkerSettings.virtual(10).hubs()).isZero();
        assertThat(WorkerSettings.virtual(10).hubLoop()).isFalse();
    }

    @Test
    void refusesALimitWithALongerWaitThanBothLinesTogether() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> resolve(flags("gevent", "8", "limit", "/checkout/*=5:10:60s")))
                .withMessageContainingAll(
                        "--limit: /checkout/*=5:10:60s", "queue-timeout, which is 10s");
        WorkerSettings longer =
                resolve(
                        flags(
                                "gevent",
                                "8",
                                "queue-timeout",
                                "60s",
                                "limit",
                                "/checkout/*=5:10:60s"));
        assertThat(longer.limits().getFirst().queueTimeout()).hasMinutes(1);
        // a limit that code asks for has a queue of its own
        assertThat(resolve(flags("gevent", "8", "limit", "payments=5:10:60s")).limits()).hasSize(1);
    }

    @Test
    void textAndCodeMeanTheSame() {
        WorkerSettings text =
                resolve(
                        flags(
                                "gevent",
                                "10",
                                "hubs",
                                "2",
                                "hub-loop",
                                "off",
                                "listen",
                                "3",
                                "queue",
                                "4",
                                "queue-timeout",
                                "5s",
                                "harakiri",
                                "6m",
                                "max-blocking-time",
                                "7ms",
                                "retake",
                                "8ms",
                                "drain",
                                "9h",
                                "queue-order",
                                "adaptive-lifo",
                                "refuse-status",
                                "429",
                                "retry-after",
                                "7s",
                                "priority-path",
                                "/healthz, /probes/*",
                                "ready-path",
                                "/-/ready",
                                "limit",
                                "/checkout/*=50:100:2s, *.pdf=3:0, payments=4",
                                "harakiri-queue-threshold",
                                "11",
                                "drain-delay",
                                "12s",
                                "reuse-port",
                                "on"));
        WorkerSettings code =
                WorkerSettings.builder()
                        .gevent(10)
                        .hubs(2)
                        .hubLoop(false)
                        .listen(3)
                        .queue(4)
                        .queueTimeout(Duration.ofSeconds(5))
                        .harakiri(Duration.ofMinutes(6))
                        .maxBlockingTime(Duration.ofMillis(7))
                        .retake(Duration.ofMillis(8))
                        .drain(Duration.ofHours(9))
                        .queueOrder(QueueOrder.ADAPTIVE_LIFO)
                        .refuseStatus(429)
                        .retryAfter(Duration.ofSeconds(7))
                        .priorityPaths(List.of("/healthz", "/probes/*"))
                        .readyPath("/-/ready")
                        .limit("/checkout/*", 50, 100, Duration.ofSeconds(2))
                        .limit("*.pdf", 3, 0, Duration.ofSeconds(5))
                        .limit("payments", 4)
                        .harakiriQueueThreshold(11)
                        .drainDelay(Duration.ofSeconds(12))
                        .reusePort(true)
                        .build();

        assertThat(text).usingRecursiveComparison().ignoringFields("sources").isEqualTo(code);
    }

    static Stream<Arguments> badValues() {
        List<Arguments> rows = new ArrayList<>();
        for (Form form : Form.values()) {
            for (Setting setting : Setting.values()) {
                for (String value : badValuesOf(setting)) {
                    rows.add(Arguments.of(form, setting, value));
                }
            }
        }
        return rows.stream();
    }

    private static List<String> badValuesOf(Setting setting) {
        List<String> bad =
                new ArrayList<>(List.of("-1", "many", "1.5", "-5s", "10000001x", "0x10", "1 0"));
        if (setting != Setting.VIRTUAL) {
            bad.addAll(List.of("", "  ", "true"));
        }
        if (COUNTS.contains(setting)) {
            bad.addAll(
                    List.of(
                            "10000001",
                            "2147483648",
                            "99999999999999999999",
                            "10s",
                            "off",
                            "1_000",
                            "1,000"));
        } else {
            bad.addAll(
                    List.of(
                            "10 s",
                            "s",
                            "10S",
                            "10sec",
                            "PT",
                            "PTxS",
                            "31d",
                            "999999999999d",
                            "9999999999999ms",
                            "PT-1S",
                            "P400D"));
        }
        if (DURATIONS.contains(setting)) {
            bad.addAll(List.of("2592001", "999999999", "9999999999", "9999999999999"));
        } else if (!COUNTS.contains(setting)) {
            bad.addAll(List.of("10", "100"));
        }
        if (SWITCHES.contains(setting)) {
            bad.addAll(List.of("ON", "yes", "false", "auto", "0"));
            return bad;
        }
        if (!MAY_BE_OFF.contains(setting)) {
            bad.add("off");
        } else {
            bad.addAll(List.of("OFF", "none"));
        }
        if (!ZERO_IS_FINE.contains(setting)) {
            bad.addAll(
                    COUNTS.contains(setting)
                            ? List.of("0")
                            : List.of("0", "0s", "0ms", "PT0S", "PT0.0001S"));
        }
        bad.addAll(
                switch (setting) {
                    case HUBS -> List.of("1025");
                    case REFUSE_STATUS -> List.of("200", "399", "600");
                    case RETRY_AFTER -> List.of("1500ms", "1ms");
                    case QUEUE_ORDER -> List.of("FIFO", "lifo", "adaptive_lifo", "newest");
                    case READY_PATH -> List.of("ready", "/ready/*", "*.ready");
                    case PRIORITY_PATH ->
                            List.of(
                                    "healthz", "/a*b", "/a,", ",/a", "/a?b=1", "*", "*.", "*./a",
                                    "/a;b", "/a/*/b");
                    case LIMIT ->
                            List.of(
                                    "/a",
                                    "/a=",
                                    "/a=0",
                                    "/a=10000001",
                                    "/a=-1",
                                    "/a=5:",
                                    "/a=5:x",
                                    "/a=5:1:",
                                    "/a=5:1:2592001",
                                    "/a=5:1:31d",
                                    "/a=5:1:0s",
                                    "/a=5,/a=6",
                                    "=5",
                                    "/a/*/b=5",
                                    "5pay=5",
                                    "pay ment=5");
                    default -> List.of();
                });
        return bad;
    }

    @ParameterizedTest(name = "{0} {1}={2}")
    @MethodSource("badValues")
    void aBadValueIsRefusedWithItsNameItsValueAndWhatIsExpected(
            Form form, Setting setting, String value) {
        Map<Setting, String> values = new HashMap<>();
        if (!setting.isModel()) {
            values.put(Setting.GEVENT, "10");
        }
        values.put(setting, value);

        InvalidSettingException mistake = mistake(form.source(values));

        String shown = value.isBlank() ? "(empty)" : value;
        assertThat(mistake)
                .hasMessageStartingWith(form.label(setting) + ": " + shown + " (expected: ");
        assertThat(mistake.setting()).isEqualTo(form.label(setting));
        assertThat(mistake.value()).isEqualTo(value.strip());
        assertThat(mistake.expected()).isNotBlank();
    }

    /** Of each setting that is a number or a duration, a value that no range has. */
    private static Set<Map.Entry<Setting, Object>> outOfRange() {
        Duration tooLong = WorkerSettings.MAX_DURATION.plusMillis(1);
        Map<Setting, Object> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            switch (setting.valueLabel()) {
                case "N" -> values.put(setting, -1);
                case "D" -> values.put(setting, tooLong);
                case "D|off" -> values.put(setting, Optional.of(tooLong));
                default -> {}
            }
        }
        return values.entrySet();
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void aValueOutOfRangeIsRefusedInCodeToo(Map.Entry<Setting, Object> bad) {
        Setting setting = bad.getKey();
        WorkerSettings.Builder builder = WorkerSettings.builder();
        if (!setting.isModel()) {
            builder.gevent(10);
        }
        SettingValues.set(setting, bad.getValue(), builder);

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(builder::build)
                .withMessageStartingWith("code " + setting.word() + ": ");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void theGreatestValuesAreTaken(Form form) {
        WorkerSettings settings =
                resolve(
                        form.source(
                                Map.of(
                                        Setting.GEVENT, "10000000",
                                        Setting.HUBS, "1024",
                                        Setting.LISTEN, "10000000",
                                        Setting.QUEUE, "10000000",
                                        Setting.QUEUE_TIMEOUT, "30d",
                                        Setting.HARAKIRI, "2592000",
                                        Setting.DRAIN, "720h")));

        assertThat(settings.limit()).isEqualTo(WorkerSettings.MAX_COUNT);
        assertThat(settings.harakiri()).isEqualTo(WorkerSettings.MAX_DURATION);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void theSmallestValuesAreTaken(Form form) {
        WorkerSettings settings =
                resolve(
                        form.source(
                                Map.of(
                                        Setting.GEVENT, "1",
                                        Setting.HUBS, "1",
                                        Setting.HUB_LOOP, "off",
                                        Setting.LISTEN, "1",
                                        Setting.QUEUE, "0",
                                        Setting.QUEUE_TIMEOUT, "1ms",
                                        Setting.HARAKIRI, "1ms",
                                        Setting.MAX_BLOCKING_TIME, "1ms",
                                        Setting.RETAKE, "1ms",
                                        Setting.DRAIN, "0s")));

        assertThat(settings.queue()).isZero();
        assertThat(settings.hubLoop()).isFalse();
        assertThat(settings.drain()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "500ms,PT0.5S",
        "10s,PT10S",
        "10,PT10S",
        "2m,PT2M",
        "1h,PT1H",
        "3d,PT72H",
        "PT1M30S,PT1M30S",
        "' 10s ',PT10S"
    })
    void aDurationHasItsUnitOrIsSeconds(String text, Duration expected) {
        assertThat(resolve(flags("virtual", "1", "queue-timeout", text)).queueTimeout())
                .isEqualTo(expected);
    }

    /** As in uWSGI, and the same for all of them. */
    @ParameterizedTest
    @MethodSource("durations")
    void aBareNumberIsSeconds(Form form, Setting setting) {
        assertThat(resolve(form.source(Map.of(Setting.GEVENT, "1", setting, "7"))).text(setting))
                .isEqualTo("7s");
    }

    static Stream<Arguments> durations() {
        return Stream.of(Form.values())
                .flatMap(form -> DURATIONS.stream().map(setting -> Arguments.of(form, setting)));
    }

    @Test
    void aBareNumberIsSecondsInALimitToo() {
        assertThat(resolve(flags("virtual", "1", "limit", "/a=5:6:7")).limits().getFirst())
                .isEqualTo(new LimitSettings("/a", 5, 6, Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @MethodSource("durations")
    void everyBadDurationHasTheSameText(Form form, Setting setting) {
        for (String bad : List.of("soon", "31d")) {
            assertThat(mistake(form.source(Map.of(Setting.GEVENT, "1", setting, bad))).expected())
                    .matches(
                            "a duration from (0|1)ms to 30d, such as 10s, 500ms or 2m; a bare number"
                                    + " is seconds(, or off)?");
        }
    }

    /** A stop with all its defaults is over before Kubernetes kills it, 30 s after SIGTERM. */
    @ParameterizedTest
    @CsvSource({"0s,25s", "5s,20s", "20s,5s", "1m,5s"})
    void aDelayedStopHasLessTimeToDrain(String delay, String drain) {
        assertThat(resolve(flags("virtual", "1", "drain-delay", delay)).text(Setting.DRAIN))
                .isEqualTo(drain);
        assertThat(
                        resolve(flags("virtual", "1", "drain-delay", delay, "drain", "40s"))
                                .text(Setting.DRAIN))
                .isEqualTo("40s");
    }

    @Test
    void harakiriAndRetakeMayBeOff() {
        WorkerSettings settings = resolve(flags("gevent", "1", "harakiri", "off", "retake", "off"));

        assertThat(settings.harakiri()).isNull();
        assertThat(settings.retake()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "true", " true "})
    void virtualNeedsNoNumber(String value) {
        WorkerSettings settings = resolve(flags("virtual", value));

        assertThat(settings.model()).isEqualTo(WorkerModel.VIRTUAL);
        assertThat(settings.limit()).isEqualTo(WorkerSettings.DEFAULT_VIRTUAL);
    }

    @Test
    void virtualMayHaveANumber() {
        assertThat(resolve(flags("virtual", "7")).limit()).isEqualTo(7);
    }

    @Test
    void virtualIsNotSwitchedOffByFalse() {
        assertThat(mistake(flags("virtual", "false")))
                .hasMessageStartingWith("--virtual: false (expected: ");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void twoModelsInOneSourceAreRefused(Form form) {
        InvalidSettingException mistake =
                mistake(form.source(Map.of(Setting.THREADS, "10", Setting.GEVENT, "1000")));

        assertThat(mistake)
                .hasMessageStartingWith(
                        form.label(Setting.THREADS)
                                + " and "
                                + form.label(Setting.GEVENT)
                                + ": 10 and 1000 (expected: exactly one of ")
                .hasMessageContaining(form.label(Setting.VIRTUAL));
    }

    @Test
    void withoutAModelNothingIsGuessed() {
        assertThat(mistake(flags("queue", "5")))
                .hasMessage(
                        "worker model: none (expected: exactly one of threads, virtual and gevent)");
        assertThat(mistake()).hasMessageStartingWith("worker model: none");
    }

    @Test
    void aLaterSourceWins() {
        SettingsSource file =
                SettingsSource.properties(
                        "property file x",
                        Map.of(
                                "treadle.gevent",
                                "10",
                                "treadle.queue",
                                "1",
                                "treadle.drain",
                                "1s"));
        SettingsSource environment =
                SettingsSource.environment(Map.of("TREADLE_GEVENT", "20", "TREADLE_QUEUE", "2"));

        WorkerSettings settings = resolve(file, environment, flags("gevent", "30"));

        assertThat(settings.limit()).isEqualTo(30);
        assertThat(settings.queue()).isEqualTo(2);
        assertThat(settings.drain()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.sources())
                .containsEntry(Setting.GEVENT, "flag --gevent")
                .containsEntry(Setting.QUEUE, "environment TREADLE_QUEUE")
                .containsEntry(Setting.DRAIN, "property file x treadle.drain")
                .hasSize(3);
    }

    @Test
    void aSourceThatNamesAModelDropsTheModelAndTheHubsOfEarlierOnes() {
        SettingsSource file =
                SettingsSource.properties(
                        "file", Map.of("treadle.gevent", "10", "treadle.hubs", "4"));

        WorkerSettings threads = resolve(file, flags("threads", "8"));
        WorkerSettings gevent = resolve(file, flags("gevent", "8"));

        assertThat(threads.model()).isEqualTo(WorkerModel.THREADS);
        assertThat(threads.hubs()).isZero();
        assertThat(threads.sources()).containsOnlyKeys(Setting.THREADS);
        assertThat(gevent.hubs()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void hubsOfALaterSourceGoWithTheModelOfAnEarlierOne() {
        SettingsSource file = SettingsSource.properties("file", Map.of("treadle.gevent", "10"));

        assertThat(resolve(file, flags("hubs", "3")).hubs()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "virtual"})
    void hubsWithAModelThatHasNoneAreRefused(String model) {
        SettingsSource file = SettingsSource.properties("file", Map.of("treadle." + model, "10"));

        assertThat(mistake(file, flags("hubs", "3")))
                .hasMessage(
                        "--hubs: 3 (expected: only together with gevent; the model is "
                                + model
                                + ")");
        assertThat(mistake(flags(model, "10", "hubs", "1"))).hasMessageContaining("--hubs: 1");
        assertThat(mistake(flags(model, "10", "hub-loop", "on")))
                .hasMessage(
                        "--hub-loop: on (expected: only together with gevent; the model is "
                                + model
                                + ")");
    }

    @Test
    void aBadValueThatIsOverriddenDoesNotMatter() {
        SettingsSource file = SettingsSource.properties("file", Map.of("treadle.gevent", "lots"));

        assertThat(resolve(file, flags("gevent", "8")).limit()).isEqualTo(8);
    }

    @Test
    void unknownFlagsAreRefused() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> flags("gevnt", "10"))
                .withMessage(
                        "--gevnt: 10 (expected: a setting of Treadle; did you mean --gevent?)");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> flags("colour", "red"))
                .withMessageStartingWith(
                        "--colour: red (expected: one of --threads --virtual --gevent ");
    }

    @Test
    void unknownAttributesAreRefused() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> SettingsSource.attributes("Element", Map.of("maxWait", "10")))
                .withMessageStartingWith(
                        "maxWait of Element: 10 (expected: one of threads virtual gevent ");
        assertThat(resolve(SettingsSource.attributes("Element", Map.of("virtual", "5"))).describe())
                .contains("virtual=5 (attribute virtual of Element)");
    }

    @Test
    void unknownPropertiesWithThePrefixAreRefusedAndOthersPassedOver() {
        assertThat(
                        resolve(
                                        SettingsSource.properties(
                                                "x",
                                                Map.of("server.port", "1", "treadle.virtual", "5")))
                                .limit())
                .isEqualTo(5);
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> SettingsSource.properties("x", Map.of("treadle.gevnt", "10")))
                .withMessage(
                        "treadle.gevnt: 10 (expected: a setting of Treadle; did you mean"
                                + " treadle.gevent?)");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(
                        () -> SettingsSource.properties("x", Map.of("treadle.queueTimeout", "1s")))
                .withMessageContaining("treadle.queue-timeout");
    }

    @Test
    void unknownSystemPropertiesWithThePrefixAreRefused() {
        Properties properties = new Properties();
        properties.setProperty("treadle.gevnt", "10");

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> SettingsSource.systemProperties(properties))
                .withMessageStartingWith("treadle.gevnt: 10 (expected: ")
                .withMessageContaining("did you mean treadle.gevent?");
    }

    @Test
    void systemPropertiesMayHaveDefaults() {
        Properties defaults = new Properties();
        defaults.setProperty("treadle.virtual", "4");

        assertThat(resolve(SettingsSource.systemProperties(new Properties(defaults))).limit())
                .isEqualTo(4);
    }

    @Test
    void aPropertyFileIsRead(@TempDir Path directory) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("treadle.properties"), "treadle.gevent = 12\n# words\n");

        WorkerSettings settings = resolve(SettingsSource.propertyFile(file));

        assertThat(settings.limit()).isEqualTo(12);
        assertThat(settings.sources().get(Setting.GEVENT))
                .isEqualTo("property file " + file + " treadle.gevent");
    }

    @ParameterizedTest
    @CsvSource({
        "treadle.gevnt, did you mean treadle.gevent?",
        "server.port, one of treadle.threads treadle.virtual",
        "gevent, did you mean treadle.gevent?",
        "treadle.queue.timeout, did you mean treadle.queue-timeout?",
    })
    void everyKeyOfAPropertyFileMustBeKnown(String key, String advice, @TempDir Path directory)
            throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("treadle.properties"),
                        "treadle.gevent=12\n" + key + "=1\n");

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> SettingsSource.propertyFile(file))
                .withMessageStartingWith(key + " in " + file + ": 1 (expected: ")
                .withMessageContaining(advice);
    }

    @ParameterizedTest
    @CsvSource({
        "TREADLE_QUUE, did you mean TREADLE_QUEUE?",
        "TREADLE_QUEUETIMEOUT, did you mean TREADLE_QUEUE_TIMEOUT?",
        "TREADLE_RESUE_PORT, did you mean TREADLE_REUSE_PORT?",
        "TREADLE_, one of TREADLE_THREADS TREADLE_VIRTUAL",
        "TREADLE_COLOUR, one of TREADLE_THREADS TREADLE_VIRTUAL",
    })
    void unknownVariablesAreRefused(String name, String advice) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> SettingsSource.environment(Map.of(name, "on", "PATH", "/bin")))
                .withMessageStartingWith(name + ": on (expected: ")
                .withMessageContaining(advice);
    }

    /** Kubernetes and the scripts set them; the service may be called treadle-shop as well. */
    @ParameterizedTest
    @CsvSource({
        "TREADLE_JDKS, /opt/jdk",
        "TREADLE_SERVICE_HOST, 10.0.0.1",
        "TREADLE_SERVICE_PORT, 80",
        "TREADLE_SERVICE_PORT_HTTP, 80",
        "TREADLE_PORT, tcp://10.0.0.1:80",
        "TREADLE_PORT_80_TCP, tcp://10.0.0.1:80",
        "TREADLE_PORT_80_TCP_PROTO, tcp",
        "TREADLE_PORT_80_TCP_PORT, 80",
        "TREADLE_PORT_80_TCP_ADDR, 10.0.0.1",
        "TREADLE_SHOP_SERVICE_HOST, 10.0.0.1",
        "TREADLE_SHOP_PORT, udp://10.0.0.1:53",
        "TREADLE_SHOP_PORT_53_UDP_ADDR, 10.0.0.1",
    })
    void variablesOfOthersArePassedOver(String name, String value) {
        assertThat(
                        resolve(
                                        SettingsSource.environment(
                                                Map.of(name, value, "TREADLE_GEVENT", "9")))
                                .limit())
                .isEqualTo(9);
    }

    @Test
    void describeSaysEachValueAndWhoSetIt() {
        WorkerSettings settings =
                resolve(
                        SettingsSource.environment(Map.of("TREADLE_HARAKIRI", "90")),
                        flags(
                                "gevent",
                                "1000",
                                "hubs",
                                "2",
                                "queue-timeout",
                                "1500ms",
                                "retake",
                                "off"));

        assertThat(settings.describe())
                .containsExactly(
                        "gevent=1000 (flag --gevent)",
                        "hubs=2 (flag --hubs)",
                        "hub-loop=on (default)",
                        "hub-sockets=off (default)",
                        "listen=1024 (default)",
                        "queue=1000 (default)",
                        "queue-timeout=1500ms (flag --queue-timeout)",
                        "queue-order=fifo (default)",
                        "refuse-status=503 (default)",
                        "retry-after=1s (default)",
                        "priority-path=off (default)",
                        "ready-path=off (default)",
                        "limit=off (default)",
                        "streams=10000 (default)",
                        "harakiri=90s (environment TREADLE_HARAKIRI)",
                        "harakiri-queue-threshold=0 (default)",
                        "max-blocking-time=100ms (default)",
                        "retake=off (flag --retake)",
                        "drain=25s (default)",
                        "drain-delay=0ms (default)",
                        "reuse-port=off (default)");
        assertThat(settings.summary()).isEqualTo("gevent 1000 on 2 hubs");
    }

    @Test
    void describeLeavesHubsOutWhereThereAreNone() {
        assertThat(WorkerSettings.threads(5).describe())
                .startsWith("threads=5 (code threads)", "listen=1024 (default)");
        assertThat(WorkerSettings.threads(5).summary()).isEqualTo("threads 5");
    }

    @Test
    void theBuilderWantsExactlyOneModel() {
        assertThatIllegalStateException()
                .isThrownBy(() -> WorkerSettings.builder().build())
                .withMessage(
                        "worker model: none (expected: exactly one of threads, virtual and gevent)");
        assertThatIllegalStateException()
                .isThrownBy(() -> WorkerSettings.builder().threads(1).gevent(2))
                .withMessage("worker model: threads and gevent (expected: exactly one)");
    }

    @Test
    void theBuilderChecksRangesToo() {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> WorkerSettings.gevent(0))
                .withMessage("code gevent: 0 (expected: a whole number from 1 to 10000000)");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> WorkerSettings.builder().virtual(1).hubs(1).build())
                .withMessageContaining("only together with gevent");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> WorkerSettings.builder().virtual(1).hubLoop(true).build())
                .withMessage(
                        "code hub-loop: on (expected: only together with gevent; the model is virtual)");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> WorkerSettings.builder().virtual(1).queue(-1).build())
                .withMessageStartingWith("code queue: -1 ");
    }

    @Test
    void aDurationOfAnySizeIsShownInTheMessage() {
        WorkerSettings.Builder builder = WorkerSettings.builder().virtual(1);
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> builder.drain(Duration.ofSeconds(Long.MAX_VALUE)).build())
                .withMessageMatching(
                        "code drain: PT\\d+H.* \\(expected: a duration from 0ms to 30d, such as .*\\)");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> builder.drain(Duration.ofSeconds(Long.MIN_VALUE)).build());
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() ->
                        builder.drain(Duration.ZERO).queueTimeout(Duration.ofNanos(5)).build())
                .withMessage(
                        "code queue-timeout: PT0.000000005S (expected: a duration from 1ms to 30d, such as 10s, 500ms or 2m; a bare number is seconds)");
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without a checker may do
    void nullIsNamed() {
        assertThatNullPointerException()
                .isThrownBy(() -> WorkerSettings.builder().drain(null))
                .withMessage("drain");
        assertThatNullPointerException()
                .isThrownBy(() ->
                        new WorkerSettings(
                                WorkerModel.VIRTUAL,
                                1,
                                0,
                                false,
                                false,
                                1,
                                1,
                                null,
                                QueueOrder.FIFO,
                                503,
                                Duration.ZERO,
                                List.of(),
                                null,
                                List.of(),
                                10,
                                null,
                                0,
                                Duration.ZERO,
                                null,
                                Duration.ZERO,
                                Duration.ZERO,
                                false,
                                Map.of()))
                .withMessage("queueTimeout");
    }

    @Test
    void changedSettingsKeepWhatSomebodySetAndDeriveTheRestAnew() {
        WorkerSettings settings =
                resolve(
                        flags(
                                "gevent",
                                "5000",
                                "hubs",
                                "3",
                                "harakiri",
                                "7s",
                                "limit",
                                "/checkout/*=50:100:2s,payments=4"));

        WorkerSettings fewer = settings.changed("JMX", Map.of("gevent", "200"));

        assertThat(fewer.limit()).isEqualTo(200);
        assertThat(fewer.queue()).isEqualTo(200);
        assertThat(fewer.hubs()).isEqualTo(3);
        assertThat(fewer.harakiri()).isEqualTo(Duration.ofSeconds(7));
        assertThat(fewer.limits()).isEqualTo(settings.limits());
        assertThat(fewer.describe())
                .contains("gevent=200 (JMX gevent)", "hubs=3 (flag --hubs)", "queue=200 (default)");

        WorkerSettings threads = fewer.changed("JMX", Map.of("threads", "64", "limit", "off"));

        assertThat(threads.model()).isEqualTo(WorkerModel.THREADS);
        assertThat(threads.hubs()).isZero();
        assertThat(threads.limits()).isEmpty();
        assertThat(threads.harakiri()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aChangeThatCannotBeTakenNamesWhoWantedIt() {
        WorkerSettings settings = WorkerSettings.gevent(10);

        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings.changed("JMX", Map.of("queue", "many")))
                .withMessageStartingWith("JMX queue: many (expected: a whole number");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings.changed("JMX", Map.of("qeue", "1")))
                .withMessageStartingWith("qeue");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> settings.changed("JMX", Map.of("threads", "1", "virtual", "2")))
                .withMessageContaining("exactly one of");
    }

    @Test
    void theSourcesCannotBeChanged() {
        assertThat(WorkerSettings.gevent(1).sources()).isUnmodifiable();
    }

    @Test
    void aSettingIsFoundByItsWordOnly() {
        for (Setting setting : Setting.values()) {
            assertThat(Setting.of(setting.word())).contains(setting);
            assertThat(Setting.of(setting.name())).isEmpty();
        }
    }
}
