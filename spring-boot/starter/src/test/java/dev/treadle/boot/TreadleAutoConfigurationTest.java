package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;

import java.time.Duration;
import java.util.logging.Logger;

final class TreadleAutoConfigurationTest {
    /** Without what the build is run with: {@code -Dtreadle.soak.seconds=1} is no setting. */
    private final WebApplicationContextRunner application =
            new WebApplicationContextRunner()
                    .withInitializer(context ->
                            context.getEnvironment()
                                    .getPropertySources()
                                    .remove(
                                            StandardEnvironment
                                                    .SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME))
                    .withConfiguration(AutoConfigurations.of(TreadleAutoConfiguration.class));

    @Test
    void nothingSetIsNothingMade() {
        application.run(context ->
                assertThat(context)
                        .doesNotHaveBean(Workers.class)
                        .doesNotHaveBean(LifecycleStep.class));
    }

    /** A stop is as patient as Boot's own, unless it is told to be otherwise. */
    @ParameterizedTest
    @CsvSource({
        "server.port=0, PT25S",
        "server.shutdown=graceful, PT25S",
        "treadle.drain-delay=5s, PT20S",
        "spring.lifecycle.timeout-per-shutdown-phase=7s, PT7S",
        "spring.lifecycle.timeout-per-shutdown-phase=400d, PT720H",
        "server.shutdown=immediate, PT0S",
        "server.shutdown=IMMEDIATE, PT0S",
        "treadle.drain=3s, PT3S",
    })
    void drainsAsLongAsBootDoes(String property, Duration drain) {
        application
                .withPropertyValues("treadle.threads=5", property)
                .run(context ->
                        assertThat(context.getBean(Workers.class).settings().drain())
                                .isEqualTo(drain));
    }

    /** In a test with MockMvc no server starts, in a foreign container none of Boot's. */
    @Test
    void withoutAWebServerThereAreNoHubs() {
        application
                .withPropertyValues("treadle.gevent=7", "treadle.hubs=2")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    WorkerSettings settings = context.getBean(Workers.class).settings();
                    assertThat(settings.hubs()).isZero();
                    assertThat(settings.limit()).isEqualTo(7);
                    assertThat(context.getBean(Workers.class).limit("payments", 2).name())
                            .isEqualTo("payments");
                });
    }

    /**
     * The loggers of the JVM are those of the container too, and of a {@code treadle} command that
     * runs the application as a WAR. A filter of ours would go on there when our class loader is
     * closed.
     */
    @Test
    void withoutAWebServerLoggersAreLeftAlone() {
        Logger logger = Logger.getLogger("dev.treadle.workers");
        logger.setFilter(null);
        application
                .withPropertyValues("treadle.threads=5")
                .run(context -> {
                    assertThat(context).hasSingleBean(Workers.class);
                    assertThat(logger.getFilter()).isNull();
                });
    }

    @ParameterizedTest
    @CsvSource({
        "a=b, /actuator/health/*",
        "'treadle.priority-path=/live,/probes/*', /live /probes/* /actuator/health/*",
        "treadle.priority-path=/actuator/health/*, /actuator/health/*",
        "treadle.priority-path=off, ''",
        "treadle.priority-path=false, ''",
    })
    void healthHasPriorityWhateverIsSetBeside(String property, String paths) {
        application
                .withPropertyValues("treadle.threads=5", property)
                .run(context ->
                        assertThat(
                                        String.join(
                                                " ",
                                                context.getBean(Workers.class)
                                                        .settings()
                                                        .priorityPaths()))
                                .isEqualTo(paths));
    }

    @Test
    void anApplicationsOwnWorkersAreLeftAlone() {
        try (Workers own = Workers.open(WorkerSettings.threads(3))) {
            application
                    .withPropertyValues("treadle.threads=5")
                    .withBean("ownWorkers", Workers.class, () -> own)
                    .run(context -> {
                        assertThat(context.getBean(Workers.class)).isSameAs(own);
                        assertThat(context).doesNotHaveBean("treadleWorkers");
                    });
        }
    }
}
