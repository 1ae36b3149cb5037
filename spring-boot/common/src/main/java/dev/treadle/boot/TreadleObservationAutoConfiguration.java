package dev.treadle.boot;

import dev.treadle.Workers;

import io.micrometer.observation.ObservationHandler;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * The time in the queue in the observations of requests, where the application has Micrometer
 * Observation.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass({ObservationHandler.class, ServerRequestObservationContext.class})
@ConditionalOnBean(Workers.class)
public class TreadleObservationAutoConfiguration {
    /** Made by Spring Boot. */
    public TreadleObservationAutoConfiguration() {}

    /** Boot adds it to the registry of observations, if there is one. */
    @Bean
    @ConditionalOnMissingBean
    public QueueTimeObservation treadleQueueTimeObservation() {
        return new QueueTimeObservation();
    }
}
