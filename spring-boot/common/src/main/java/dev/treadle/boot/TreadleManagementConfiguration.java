package dev.treadle.boot;

import dev.treadle.Workers;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * The further beans that the endpoint needs where it is served: in the application's own context,
 * or in that of the management port.
 *
 * @since 0.2.0
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnClass(HandlerExceptionResolver.class)
@ConditionalOnBean(Workers.class)
public class TreadleManagementConfiguration {
    /** Made by Spring Boot. */
    public TreadleManagementConfiguration() {}

    @Bean
    UnreadableBodies treadleUnreadableBodies() {
        return new UnreadableBodies();
    }
}
