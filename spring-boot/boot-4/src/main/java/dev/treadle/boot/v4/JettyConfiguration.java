package dev.treadle.boot.v4;

import dev.treadle.Workers;
import dev.treadle.boot.LastCustomizer;
import dev.treadle.boot.TreadleAutoConfiguration;
import dev.treadle.jetty.JettyWorkers;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Workers in the Jetty of Boot 4.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.jetty.servlet.JettyServletWebServerFactory",
            "org.eclipse.jetty.server.Server"
        })
@ConditionalOnBean(Workers.class)
public class JettyConfiguration {
    /** Made by Spring Boot. */
    public JettyConfiguration() {}

    /**
     * Replaces any thread pool that was set. With virtual threads that is Jetty's bounded pool for
     * the whole server, whose requests may wait for each other.
     */
    @Bean
    LastCustomizer<JettyServletWebServerFactory> treadleJetty(Workers workers) {
        return new LastCustomizer<>(
                JettyServletWebServerFactory.class,
                factory -> {
                    factory.setThreadPool(JettyWorkers.threadPool(workers));
                    factory.addServerCustomizers(server -> JettyWorkers.install(server, workers));
                });
    }
}
