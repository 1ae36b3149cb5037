package dev.treadle.boot.v4;

import dev.treadle.Workers;
import dev.treadle.boot.LastCustomizer;
import dev.treadle.boot.TreadleAutoConfiguration;
import dev.treadle.tomcat.TomcatWorkers;

import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Workers in the Tomcat of Boot 4, on all its connectors.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory",
            "org.apache.catalina.startup.Tomcat"
        })
@ConditionalOnBean(Workers.class)
public class TomcatConfiguration {
    /** Made by Spring Boot. */
    public TomcatConfiguration() {}

    /**
     * The context is customised last, when the server has all its connectors and valves, and none
     * of them is initialised.
     */
    @Bean
    LastCustomizer<TomcatServletWebServerFactory> treadleTomcat(Workers workers) {
        return new LastCustomizer<>(
                TomcatServletWebServerFactory.class,
                factory ->
                        factory.addContextCustomizers(context ->
                                TomcatWorkers.install(
                                        engineOf(context).getService().getServer(), workers)));
    }

    private static Engine engineOf(Context context) {
        return (Engine) context.getParent().getParent();
    }
}
