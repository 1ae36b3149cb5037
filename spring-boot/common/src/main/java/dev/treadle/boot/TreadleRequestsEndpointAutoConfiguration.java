package dev.treadle.boot;

import dev.treadle.Workers;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The endpoints that list requests and reports, each where the application has the actuator and
 * exposes it.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Workers.class)
public class TreadleRequestsEndpointAutoConfiguration {
    /** Made by Spring Boot. */
    public TreadleRequestsEndpointAutoConfiguration() {}

    /** The endpoint {@code treadlerequests}. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(TreadleRequestsEndpoint.class)
    public TreadleRequestsEndpoint treadleRequestsEndpoint(Workers workers) {
        return new TreadleRequestsEndpoint(workers);
    }

    /** The endpoint {@code treadlereports}. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(TreadleReportsEndpoint.class)
    public TreadleReportsEndpoint treadleReportsEndpoint(Workers workers) {
        return new TreadleReportsEndpoint(workers);
    }

    /** The endpoint {@code treadlethreaddump}. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(TreadleThreadDumpEndpoint.class)
    public TreadleThreadDumpEndpoint treadleThreadDumpEndpoint(Workers workers) {
        return new TreadleThreadDumpEndpoint(workers);
    }
}
