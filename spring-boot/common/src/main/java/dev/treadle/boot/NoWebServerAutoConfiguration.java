package dev.treadle.boot;

import dev.treadle.Workers;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

import java.util.stream.Collectors;

/**
 * Warns if a worker model is set in an application without servlets.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@Conditional(OnWorkerModel.class)
@ConditionalOnMissingBean(Workers.class)
public class NoWebServerAutoConfiguration {
    /** Made by Spring Boot. */
    public NoWebServerAutoConfiguration() {}

    @Bean
    LifecycleStep treadleInstalled(Environment environment) {
        return LifecycleStep.onStart(
                LifecycleStep.GRACEFUL_SHUTDOWN,
                () ->
                        NoWebServer.warn(
                                BootSettings.models(environment).stream()
                                        .map(model -> model.property())
                                        .collect(Collectors.joining(", ")),
                                "this is not a servlet application"));
    }
}
