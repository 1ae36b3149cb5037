package dev.treadle.undertow.war;

import io.undertow.server.DefaultByteBufferPool;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;

import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerApplicationConfig;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;

import org.xnio.XnioWorker;

import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds the WebSocket endpoints of an application (Jakarta WebSocket, chapter 6). */
final class Endpoints {
    private static final int BUFFER_SIZE = 16 << 10;

    private final ClassIndex.Search search;
    private final Initializers loading;

    Endpoints(ClassIndex.Search search, Initializers loading) {
        this.search = search;
        this.loading = loading;
    }

    WebSocketDeploymentInfo info(XnioWorker worker) throws InvalidWarException {
        // without a cache for each thread: a request's thread is a new one
        WebSocketDeploymentInfo info =
                new WebSocketDeploymentInfo()
                        .setBuffers(new DefaultByteBufferPool(false, BUFFER_SIZE, -1, 0))
                        .setWorker(worker)
                        .setDispatchToWorkerThread(true);
        Set<Class<?>> annotated = concrete(ServerEndpoint.class);
        Set<Class<?>> configs = concrete(ServerApplicationConfig.class);
        if (configs.isEmpty()) {
            annotated.forEach(info::addEndpoint);
            return info;
        }
        Set<Class<? extends Endpoint>> endpoints = new LinkedHashSet<>();
        concrete(Endpoint.class).forEach(type -> endpoints.add(type.asSubclass(Endpoint.class)));
        for (Class<?> type : configs) {
            ServerApplicationConfig config = config(type);
            Set<ServerEndpointConfig> chosen = config.getEndpointConfigs(endpoints);
            if (chosen != null) {
                chosen.forEach(info::addEndpoint);
            }
            Set<Class<?>> chosenAnnotated = config.getAnnotatedEndpointClasses(annotated);
            if (chosenAnnotated != null) {
                chosenAnnotated.forEach(info::addEndpoint);
            }
        }
        return info;
    }

    private Set<Class<?>> concrete(Class<?> kind) {
        Set<Class<?>> classes = loading.loadable(search.matching(kind));
        classes.removeIf(type -> Modifier.isAbstract(type.getModifiers()));
        return classes;
    }

    private static ServerApplicationConfig config(Class<?> type) throws InvalidWarException {
        try {
            return (ServerApplicationConfig) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException wrong) {
            throw new InvalidWarException(
                    type.getName() + " (expected: a ServerApplicationConfig that can be made)",
                    wrong);
        }
    }
}
