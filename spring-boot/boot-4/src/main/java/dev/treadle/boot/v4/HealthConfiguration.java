package dev.treadle.boot.v4;

import dev.treadle.Workers;
import dev.treadle.boot.TreadleAutoConfiguration;
import dev.treadle.boot.WorkersHealth;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Health of the workers: down when a hub has stopped, out of service from the first moment of a
 * stop. {@code management.health.treadle.enabled=false} leaves it out.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.health.contributor.HealthIndicator",
            "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator"
        })
@ConditionalOnBean(Workers.class)
public class HealthConfiguration {
    /** Made by Spring Boot. */
    public HealthConfiguration() {}

    @Bean
    @ConditionalOnEnabledHealthIndicator("treadle")
    @ConditionalOnMissingBean(name = "treadleHealthIndicator")
    HealthIndicator treadleHealthIndicator(Workers workers) {
        return () -> {
            WorkersHealth now = WorkersHealth.of(workers);
            return Health.status(now.status()).withDetails(now.details()).build();
        };
    }
}
