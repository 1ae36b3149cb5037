package dev.treadle.bench.micronaut;

import dev.treadle.bench.server.Host;
import dev.treadle.bench.server.HostSetup;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/** Micronaut with Netty. Its controller blocks on a virtual thread. */
public final class MicronautHost implements Host {
    private @Nullable ApplicationContext context;

    /** For the service loader. */
    public MicronautHost() {}

    @Override
    public int start(HostSetup setup) {
        ApplicationContext made = ApplicationContext.run(properties(setup));
        context = made;
        return made.getBean(EmbeddedServer.class).start().getPort();
    }

    private static Map<String, Object> properties(HostSetup setup) {
        Map<String, Object> properties =
                new HashMap<>(
                        Map.of(
                                "micronaut.server.port", -1,
                                "micronaut.server.host", HostSetup.ADDRESS,
                                "micronaut.server.idle-timeout", HostSetup.IDLE,
                                "micronaut.server.netty.child-options.tcp-nodelay", true,
                                "micronaut.server.netty.options.so-backlog", HostSetup.BACKLOG));
        switch (setup.runner()) {
            case OWN_VIRTUAL -> {}
            case OWN_VIRTUAL_LOOPS ->
                    properties.put("micronaut.netty.event-loops.default.loom-carrier", true);
            default -> throw setup.unknownTo("Micronaut");
        }
        return properties;
    }

    @Override
    public void stop() {
        if (context != null) {
            context.close();
        }
    }
}
