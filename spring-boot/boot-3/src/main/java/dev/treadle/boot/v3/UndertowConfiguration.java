package dev.treadle.boot.v3;

import dev.treadle.Workers;
import dev.treadle.boot.LastCustomizer;
import dev.treadle.boot.TreadleAutoConfiguration;
import dev.treadle.undertow.UndertowGate;
import dev.treadle.undertow.UndertowWorkers;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.web.embedded.undertow.UndertowServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.VirtualThreadTaskExecutor;

import java.util.concurrent.Executor;

/**
 * Workers in the Undertow of Boot 3.5.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = TreadleAutoConfiguration.class)
@ConditionalOnClass(
        name = {
            "org.springframework.boot.web.embedded.undertow.UndertowServletWebServerFactory",
            "io.undertow.Undertow"
        })
@ConditionalOnBean(Workers.class)
public class UndertowConfiguration {
    /** Made by Spring Boot. */
    public UndertowConfiguration() {}

    /**
     * Boot customises the builder first and the deployment after, and puts its own handlers
     * (graceful shutdown, compression, access log) in front of the deployment; those run on I/O
     * threads, and count who waits in the queue too.
     */
    @Bean
    LastCustomizer<UndertowServletWebServerFactory> treadleUndertow(Workers workers) {
        return new LastCustomizer<>(
                UndertowServletWebServerFactory.class,
                factory -> {
                    Deployment deployment = new Deployment();
                    factory.addBuilderCustomizers(
                            builder -> deployment.gate = UndertowWorkers.prepare(builder, workers));
                    factory.addDeploymentInfoCustomizers(deployment::customize);
                });
    }

    /** From the builder to the deployment of one web server. */
    private static final class Deployment {
        private @Nullable UndertowGate gate;

        void customize(DeploymentInfo info) {
            UndertowGate prepared = gate;
            if (prepared == null) {
                throw new IllegalStateException(
                        "deployment: customised before the builder (expected: after it)");
            }
            info.setExecutor(requireBoots("executor", info.getExecutor()));
            info.setAsyncExecutor(requireBoots("asyncExecutor", info.getAsyncExecutor()));
            info.addInitialHandlerChainWrapper(prepared);
            Object webSockets =
                    info.getServletContextAttributes().get(WebSocketDeploymentInfo.ATTRIBUTE_NAME);
            if (webSockets instanceof WebSocketDeploymentInfo endpoints) {
                endpoints.setWorker(prepared.xnioWorker()).setDispatchToWorkerThread(true);
            }
        }

        /**
         * The one that Boot sets with {@code spring.threads.virtual.enabled} is removed again;
         * another one would silently run requests outside the workers.
         */
        private static @Nullable Executor requireBoots(String name, @Nullable Executor found) {
            if (found != null && !(found instanceof VirtualThreadTaskExecutor)) {
                throw new IllegalStateException(
                        name
                                + " of the Undertow deployment: "
                                + found.getClass().getName()
                                + " (expected: none); its requests would not run on the workers;"
                                + " set none, or no Treadle worker model");
            }
            return null;
        }
    }
}
