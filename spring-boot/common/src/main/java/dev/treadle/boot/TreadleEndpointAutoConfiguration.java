package dev.treadle.boot;

import dev.treadle.Workers;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The endpoint, where the application has the actuator and exposes it.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Workers.class)
@ConditionalOnAvailableEndpoint(TreadleEndpoint.class)
public class TreadleEndpointAutoConfiguration {
    /** Made by Spring Boot. */
    public TreadleEndpointAutoConfiguration() {}

    /** The endpoint {@code treadle}. */
    @Bean
    @ConditionalOnMissingBean
    public TreadleEndpoint treadleEndpoint(Workers workers) {
        return new TreadleEndpoint(workers);
    }

    /** Checks what is sent to the endpoint. */
    @Bean
    SwitchArguments treadleSwitchArguments() {
        return new SwitchArguments();
    }
}
