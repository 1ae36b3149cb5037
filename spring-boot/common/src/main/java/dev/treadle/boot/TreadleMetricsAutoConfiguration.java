package dev.treadle.boot;

import dev.treadle.Workers;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Meters of the workers, where the application has Micrometer.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(Workers.class)
public class TreadleMetricsAutoConfiguration {
    /** Made by Spring Boot. */
    public TreadleMetricsAutoConfiguration() {}

    /** Binds the meters to every registry that Boot knows. */
    @Bean
    @ConditionalOnMissingBean
    public TreadleMetrics treadleMetrics(Workers workers) {
        return new TreadleMetrics(workers);
    }
}
