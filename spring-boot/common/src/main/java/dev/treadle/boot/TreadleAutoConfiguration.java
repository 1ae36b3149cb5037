package dev.treadle.boot;

import dev.treadle.Workers;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;

import jakarta.servlet.ServletContext;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The workers of the application's web server, from {@code treadle.*}. They exist only if a worker
 * model is set. The configurations of each line of Boot install them in the web server.
 *
 * @since 0.2.0
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@Conditional(OnWorkerModel.class)
@EnableConfigurationProperties(TreadleProperties.class)
public class TreadleAutoConfiguration {
    /** The origin of the priority of health probes, as shown with the settings. */
    private static final String HEALTH = "health probes";

    private static final Logger LOG = System.getLogger("dev.treadle.boot");

    /** Made by Spring Boot. */
    public TreadleAutoConfiguration() {}

    /**
     * The workers, closed with the application context. An application that defines its own is
     * served by those.
     */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    public Workers treadleWorkers(Environment environment, ApplicationContext context) {
        WorkerSettings settings = withHealthProbes(settings(environment), environment);
        if (NoWebServer.servletContext(context) != null) {
            return Workers.open(withoutHubs(settings));
        }
        // not above: the loggers of a container that Boot does not start outlive the application
        ShutdownLog.install();
        Workers workers = Workers.open(settings);
        TreadleFlags.flagOf(settings)
                .ifPresent(flag -> ServerWorkers.of(workers).noteAtStart(note(flag)));
        return workers;
    }

    private static String note(String flag) {
        return "set by the flag "
                + flag
                + "; treadle.flags=false leaves that word to the application";
    }

    /** Health passes a full gate, in addition to what is set; {@code off} is for health too. */
    private static WorkerSettings withHealthProbes(
            WorkerSettings settings, Environment environment) {
        List<String> health = HealthPaths.of(environment);
        boolean off =
                settings.priorityPaths().isEmpty()
                        && settings.sources().containsKey(Setting.PRIORITY_PATH);
        if (off || health.isEmpty()) {
            return settings;
        }
        String paths =
                Stream.concat(settings.priorityPaths().stream(), health.stream())
                        .distinct()
                        .collect(Collectors.joining(","));
        return settings.changed(
                settings.sources().getOrDefault(Setting.PRIORITY_PATH, HEALTH),
                Map.of(Setting.PRIORITY_PATH.word(), paths));
    }

    /**
     * If the servlet context exists before any web server, Boot starts no server: in a test with a
     * mock of it, or in a container that Boot does not start. No request runs on the workers there.
     * Code may still ask them for limits, which need no hubs.
     */
    private static WorkerSettings withoutHubs(WorkerSettings settings) {
        return settings.model() == WorkerModel.GEVENT
                ? settings.changed(
                        "no web server",
                        Map.of(Setting.VIRTUAL.word(), String.valueOf(settings.limit())))
                : settings;
    }

    private static WorkerSettings settings(Environment environment) {
        return BootSettings.resolve(environment, drain(environment));
    }

    /**
     * Unless {@code treadle.drain} says otherwise, a stop is as patient as the application's own
     * timeout of a phase. If that is not set either, Treadle's default holds: it is less than
     * Boot's 30 s, after which Kubernetes kills the process.
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
    LifecycleStep treadleInstalled(
            Workers workers, Environment environment, ApplicationContext context) {
        return LifecycleStep.onStart(
                LifecycleStep.GRACEFUL_SHUTDOWN,
                () -> {
                    ServletContext servlets = NoWebServer.servletContext(context);
                    if (workers.container().isEmpty()) {
                        NoWebServer.tell(models(environment, workers), servlets);
                    } else if (servlets != null) {
                        UnservedPatterns.of(servlets)
                                .warnings(workers.settings(), HealthPaths.of(environment))
                                .forEach(warning -> LOG.log(Level.WARNING, "{0}", warning));
                    }
                });
    }

    private static String models(Environment environment, Workers workers) {
        return BootSettings.models(environment).stream()
                .map(Setting::property)
                .reduce((one, other) -> one + ", " + other)
                .orElse(workers.settings().summary());
    }
}
