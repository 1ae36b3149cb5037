package dev.treadle.it.contract;

import dev.treadle.tck.TckApplication;

import jakarta.servlet.ServletContext;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A WAR whose start adds the application of the contract to its context. */
final class ContractWar implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String key = BridgeListener.PARAMETER + "." + NUMBERS.incrementAndGet();

    /** Writes it. */
    ContractWar(Path file, TckApplication application) throws IOException {
        Consumer<ServletContext> test = context -> add(application, context);
        // not a String, so nobody reads it as a property
        System.getProperties().put(key, test);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("WEB-INF/web.xml"));
            zip.write(descriptor(application.errorPages()).getBytes(StandardCharsets.UTF_8));
            copyClass(BridgeListener.class, zip);
        }
    }

    private static void copyClass(Class<?> type, ZipOutputStream zip) throws IOException {
        String path = type.getName().replace('.', '/') + ".class";
        zip.putNextEntry(new ZipEntry("WEB-INF/classes/" + path));
        try (InputStream bytes = type.getClassLoader().getResourceAsStream(path)) {
            if (bytes == null) {
                throw new IOException(path + " (expected: a file beside the other test classes)");
            }
            bytes.transferTo((OutputStream) zip);
        }
    }

    private String descriptor(Map<Integer, String> errorPages) {
        String pages =
                errorPages.entrySet().stream()
                        .map(page ->
                                "<error-page><error-code>%d</error-code><location>%s</location></error-page>"
                                        .formatted(page.getKey(), page.getValue()))
                        .collect(Collectors.joining());
        return """
        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <context-param><param-name>%s</param-name><param-value>%s</param-value></context-param>
        <listener><listener-class>%s</listener-class></listener>
        %s
        </web-app>
        """
                .formatted(BridgeListener.PARAMETER, key, BridgeListener.class.getName(), pages);
    }

    private static void add(TckApplication application, ServletContext context) {
        application.onStartup(Set.of(), context);
        try {
            application.register(
                    (ServerContainer) context.getAttribute(ServerContainer.class.getName()));
        } catch (DeploymentException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public void close() {
        System.getProperties().remove(key);
    }
}
