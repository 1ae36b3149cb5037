package dev.treadle.it.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the application as a directory that a server deploys. */
final class WebApplication {
    // by name: Measure runs without the API of servlets
    private static final String HOLD = "dev.treadle.it.standalone.app.HoldServlet";
    private static final String SLEEP = "dev.treadle.it.standalone.app.SleepServlet";

    private static final String WEB_XML =
            """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <servlet>
                <servlet-name>hold</servlet-name>
                <servlet-class>%s</servlet-class>
              </servlet>
              <servlet-mapping>
                <servlet-name>hold</servlet-name>
                <url-pattern>/hold</url-pattern>
              </servlet-mapping>
              <servlet>
                <servlet-name>sleep</servlet-name>
                <servlet-class>%s</servlet-class>
              </servlet>
              <servlet-mapping>
                <servlet-name>sleep</servlet-name>
                <url-pattern>/sleep</url-pattern>
              </servlet-mapping>
            </web-app>
            """
                    .formatted(HOLD, SLEEP);

    private WebApplication() {}

    static void writeTo(Path directory) throws IOException {
        Path classes = Files.createDirectories(directory.resolve("WEB-INF/classes"));
        Files.writeString(directory.resolve("WEB-INF/web.xml"), WEB_XML);
        for (String servlet : new String[] {HOLD, SLEEP}) {
            String file = servlet.replace('.', '/') + ".class";
            Path copy = classes.resolve(file);
            Files.createDirectories(copy.getParent());
            try (InputStream compiled =
                    WebApplication.class.getClassLoader().getResourceAsStream(file)) {
                if (compiled == null) {
                    throw new IOException(file + ": not on the class path of the tests");
                }
                Files.copy(compiled, copy);
            }
        }
    }
}
