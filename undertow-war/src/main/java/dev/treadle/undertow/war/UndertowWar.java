package dev.treadle.undertow.war;

import io.undertow.security.idm.IdentityManager;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.ConfidentialPortManager;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletStackTraces;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;

import org.xnio.XnioWorker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import javax.naming.NamingException;

/**
 * A web application that was deployed from a WAR on Undertow, and runs. Not safe for use by several
 * threads at once; its handler is.
 */
public final class UndertowWar implements AutoCloseable {
    private static final long TRANSFER_FROM_BYTES = 1 << 20;

    private final DeploymentManager manager;
    private final Naming naming;
    private final WarClassLoader loader;
    private final Resources resources;
    private final HttpHandler handler;

    private UndertowWar(
            DeploymentManager manager,
            Naming naming,
            WarClassLoader loader,
            Resources resources,
            HttpHandler handler) {
        this.resources = resources;
        this.manager = manager;
        this.naming = naming;
        this.loader = loader;
        this.handler = handler;
    }

    /** Objects below {@code java:comp/env} besides those of the descriptor, which they replace. */
    public interface Resources {
        /**
         * Called once, before anything of the application runs.
         *
         * @param application the class loader of the application
         * @return the objects by their names, such as {@code jdbc/shop}
         */
        Map<String, Object> open(ClassLoader application);

        /** Called once, when the application has ended, or has not started. */
        default void close() {}
    }

    /**
     * The things that the server around a web application gives it.
     *
     * @param worker runs WebSocket frames
     * @param https the port where the same application is served with TLS, for those of its pages
     *     that ask for it
     * @param pageDefaults sets parameters of the servlet {@code jsp}, Jasper's
     * @param users those who can log in
     * @param resources for this application alone
     * @param parentFirst whether a class of the container comes before one of the same name in the
     *     WAR
     */
    public record Surroundings(
            XnioWorker worker,
            ConfidentialPortManager https,
            ServletContainerInitializer pageDefaults,
            IdentityManager users,
            Resources resources,
            boolean parentFirst) {}

    /**
     * Unpacks a WAR and starts the application in it.
     *
     * @param war the file, or a directory with what is in one, which is the application's own: the
     *     resources of its libraries are added to it
     * @param contextPath {@code /}, or a path that begins with a slash and ends without one
     * @param directory an empty directory for all files of the application; nothing is written
     *     outside of it
     * @throws Exception if the WAR is none, or the application does not start
     */
    public static UndertowWar deploy(
            Path war, String contextPath, Path directory, Surroundings surroundings)
            throws Exception {
        boolean unpacked = Files.isDirectory(war);
        Path root = (unpacked ? war : Files.createDirectory(directory.resolve("war"))).toRealPath();
        Path temporary = Files.createDirectory(directory.resolve("temp")).toRealPath();
        WarUnpacker unpacker = new WarUnpacker(root);
        if (!unpacked) {
            unpacker.unpack(war);
        }
        WarFiles files = WarFiles.in(root);
        ClassIndex index = ClassIndex.of(files.parts());
        JavaxNamespace.refuse(files, index);
        Descriptors descriptors = Descriptors.read(files, index);
        for (Part library : descriptors.libraries()) {
            unpacker.addResources(library.path());
        }
        WarClassLoader loader =
                new WarClassLoader(
                        files.urls(),
                        UndertowWar.class.getClassLoader(),
                        surroundings.parentFirst());
        boolean started = false;
        try {
            DeploymentInfo info =
                    new DeploymentInfo()
                            .setDeploymentName(String.valueOf(war.getFileName()))
                            .setContextPath(contextPath)
                            .setClassLoader(loader)
                            .setTempDir(temporary)
                            .setResourceManager(resources(root));
            UndertowWar running = start(info, descriptors, index, surroundings);
            started = true;
            return running;
        } finally {
            if (!started) {
                surroundings.resources().close();
                loader.close();
            }
        }
    }

    /** No file changes, so none is watched: that would take two threads for each application. */
    private static PathResourceManager resources(Path root) {
        return new PathResourceManager(root, TRANSFER_FROM_BYTES, true, false, false);
    }

    private static UndertowWar start(
            DeploymentInfo info,
            Descriptors descriptors,
            ClassIndex index,
            Surroundings surroundings)
            throws IOException, InvalidWarException, NamingException, ServletException {
        WarClassLoader loader = (WarClassLoader) info.getClassLoader();
        EnvEntries entries =
                new EnvEntries(descriptors.merged(), loader, surroundings.resources().open(loader));
        Injection injection = new Injection(descriptors.merged(), loader, entries);
        StartedServlets startedServlets = new StartedServlets(injection);
        ClassIndex.Search search =
                index.search(descriptors.parts(), UndertowWar.class.getClassLoader());
        Initializers initializers = new Initializers(loader, search);
        // a filter that cannot start is found now; Undertow would do it with the first request
        info.setEagerFilterInit(true)
                // what the other containers allow
                .setAllowNonStandardWrappers(true)
                // a stack trace is for the log; to Undertow a client behind a proxy is a local one
                .setServletStackTraces(ServletStackTraces.NONE)
                .setClassIntrospecter(injection)
                .addLifecycleInterceptor(startedServlets)
                .addInnerHandlerChainWrapper(ForwardedRedirects::new)
                .addServletContextAttribute(ServletContext.ORDERED_LIBS, libraries(descriptors))
                .addServletContextAttribute(
                        WebSocketDeploymentInfo.ATTRIBUTE_NAME,
                        new Endpoints(search, initializers).info(surroundings.worker()));
        Translation.add(descriptors.merged(), info, injection);
        Security.add(descriptors.merged(), info, surroundings);
        Pages.add(descriptors.merged(), info, injection, surroundings.pageDefaults());
        info.addServletContainerInitializers(initializers.in(descriptors.parts()));
        Extensions.of(descriptors.parts(), loader).forEach(info::addServletExtension);
        DeploymentManager manager = Servlets.newContainer().addDeployment(info);
        Naming naming = Naming.bind(loader, entries.all());
        boolean running = false;
        try {
            HttpHandler inside = started(manager, startedServlets, loader);
            running = true;
            return new UndertowWar(manager, naming, loader, surroundings.resources(), inside);
        } finally {
            if (!running) {
                naming.close();
            }
        }
    }

    private static HttpHandler started(
            DeploymentManager manager, StartedServlets servlets, ClassLoader loader)
            throws ServletException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            manager.deploy();
            HttpHandler handler = manager.start();
            servlets.require(manager.getDeployment());
            return handler;
        } catch (ServletException | RuntimeException | Error failed) {
            stopAfter(failed, manager);
            throw failed;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void stopAfter(Throwable failed, DeploymentManager manager) {
        try {
            stop(manager);
        } catch (ServletException | RuntimeException more) {
            failed.addSuppressed(more);
        }
    }

    /** An application that has not started is left as it is. */
    private static void stop(DeploymentManager manager) throws ServletException {
        if (manager.getState() == DeploymentManager.State.STARTED) {
            manager.stop();
        }
        if (manager.getState() == DeploymentManager.State.DEPLOYED) {
            manager.undeploy();
        }
    }

    private static List<String> libraries(Descriptors descriptors) {
        return descriptors.libraries().stream()
                .map(library -> String.valueOf(library.path().getFileName()))
                .toList();
    }

    /**
     * Returns the handler of the requests below the context path: their relative path begins there.
     */
    public HttpHandler handler() {
        return handler;
    }

    /** Stops the application. To be called once, when no request is inside any more. */
    @Override
    public void close() throws ServletException, IOException {
        try (loader;
                naming) {
            stop(manager);
        } finally {
            resources.close();
        }
    }
}
