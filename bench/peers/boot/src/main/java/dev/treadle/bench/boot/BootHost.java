package dev.treadle.bench.boot;

import static java.util.Objects.requireNonNull;

import dev.treadle.bench.server.Host;
import dev.treadle.bench.server.HostSetup;
import dev.treadle.bench.server.Runner;
import dev.treadle.tomcat.TomcatWorkers;

import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

import java.util.Map;

/** Spring Boot with Spring MVC on its embedded Tomcat, as the starter makes it. */
public final class BootHost implements Host {
    private @Nullable ServletWebServerApplicationContext context;

    /** For the service loader. */
    public BootHost() {}

    @Override
    public int start(HostSetup setup) {
        SpringApplication application = new SpringApplication(BootApplication.class);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(properties(setup));
        application.addInitializers(customizers(setup));
        ServletWebServerApplicationContext made =
                (ServletWebServerApplicationContext) application.run();
        context = made;
        return requireNonNull(made.getWebServer(), "web server").getPort();
    }

    private static Map<String, Object> properties(HostSetup setup) {
        boolean virtual = setup.runner() == Runner.OWN_VIRTUAL;
        return Map.of(
                "server.port",
                0,
                "server.address",
                HostSetup.ADDRESS,
                "spring.main.banner-mode",
                "off",
                "spring.threads.virtual.enabled",
                virtual,
                "server.tomcat.accept-count",
                HostSetup.BACKLOG,
                "server.tomcat.max-connections",
                HostSetup.MAX_CONNECTIONS,
                "server.tomcat.max-keep-alive-requests",
                -1,
                "server.tomcat.keep-alive-timeout",
                HostSetup.IDLE,
                "server.tomcat.connection-timeout",
                HostSetup.IDLE,
                "server.tomcat.threads.max",
                setup.n());
    }

    private static ApplicationContextInitializer<GenericApplicationContext> customizers(
            HostSetup setup) {
        switch (setup.runner()) {
            case GEVENT, THREADS, VIRTUAL, POOL, OWN_VIRTUAL -> {}
            default -> throw setup.unknownTo("Spring Boot");
        }
        return context ->
                context.registerBean(TomcatCustomizer.class, () -> new TomcatCustomizer(setup));
    }

    /** Sets the processor cache and Treadle, for which Boot has no property. */
    private record TomcatCustomizer(HostSetup setup)
            implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
        @Override
        public void customize(TomcatServletWebServerFactory factory) {
            factory.addConnectorCustomizers(TomcatCustomizer::equalForAll);
            if (setup.runner().isTreadle()) {
                // as the starter does
                factory.addContextCustomizers(this::install);
            }
        }

        private static void equalForAll(Connector connector) {
            ((Http11NioProtocol) connector.getProtocolHandler()).setProcessorCache(-1);
        }

        private void install(Context context) {
            Service service = ((Engine) context.getParent().getParent()).getService();
            TomcatWorkers.install(service.getServer(), setup.requiredWorkers());
        }
    }

    @Override
    public void stop() {
        if (context != null) {
            context.close();
        }
    }
}
