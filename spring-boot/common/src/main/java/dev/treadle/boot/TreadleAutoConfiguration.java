package dev.treadle.boot;

import dev.treadle.Setting;
import dev.treadle.WorkerSettings;
import dev.treadle.Workers;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The workers of the application's web server, from {@code treadle.*}: there only if a worker model
 * is set. What installs them in the web server is in the configurations of each line of Boot.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnWorkerModel.class)
@EnableConfigurationProperties(TreadleProperties.class)
public class TreadleAutoConfiguration {
    /** Made by Spring Boot. */
    public TreadleAutoConfiguration() {}

    /**
     * The workers, closed with the application context. An application that defines its own is
     * served by those.
     */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    public Workers treadleWorkers(Environment environment) {
        return Workers.open(settings(environment));
    }

    private static WorkerSettings settings(Environment environment) {
        return BootSettings.resolve(environment, drain(environment));
    }

    /**
     * Unless {@code treadle.drain} says otherwise, a stop is as patient as the application's own
     * timeout of a phase. Where nobody has set that either, Treadle's default holds: it is less
     * than Boot's 30 s, after which Kubernetes kills the process.
     */
    private static Map<Setting, String> drain(Environment environment) {
        if (!isGraceful(environment)) {
            return Map.of(Setting.DRAIN, Duration.ZERO.toString());
        }
        return phaseTimeout(environment)
                .map(timeout -> Map.of(Setting.DRAIN, timeout.toString()))
                .orElse(Map.of());
    }

    /** The default is graceful on both lines (3.4 made it so). */
    private static boolean isGraceful(Environment environment) {
        return !"immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
    }

    private static Optional<Duration> phaseTimeout(Environment environment) {
        BindResult<Duration> timeout =
                Binder.get(environment)
                        .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class);
        return timeout.isBound() ? Optional.of(atMost(timeout.get())) : Optional.empty();
    }

    private static Duration atMost(Duration timeout) {
        return timeout.compareTo(WorkerSettings.MAX_DURATION) > 0
                ? WorkerSettings.MAX_DURATION
                : timeout;
    }

    /** Takes requests again where a context is started once more, before its web server is. */
    @Bean
    LifecycleStep treadleResume(Workers workers) {
        return LifecycleStep.onStart(LifecycleStep.WEB_SERVER - 1, workers::resume);
    }

    /** Says that the server will stop, and goes on serving for the drain delay. */
    @Bean
    LifecycleStep treadleLeave(Workers workers) {
        return LifecycleStep.onStop(LifecycleStep.GRACEFUL_SHUTDOWN + 1, workers::prepareStop);
    }

    /** Drains, while Boot's own graceful shutdown closes the listening socket. */
    @Bean
    LifecycleStep treadleDrain(Workers workers) {
        return LifecycleStep.onStop(
                LifecycleStep.GRACEFUL_SHUTDOWN, () -> workers.drain(workers.settings().drain()));
    }

    /** Tells if there was no web server to install the workers in. */
    @Bean
    LifecycleStep treadleInstalled(Workers workers) {
        return LifecycleStep.onStart(
                LifecycleStep.GRACEFUL_SHUTDOWN,
                () -> {
                    if (workers.container().isEmpty()) {
                        NoWebServer.warn(
                                workers.settings().summary(),
                                "no web server of Spring Boot's own serves this application; in a"
                                        + " container of your own use its Treadle adapter");
                    }
                });
    }
}
