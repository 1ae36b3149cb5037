package dev.treadle.it;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Reads a body in the way that its path says; packed into a WAR. */
public final class BodyReader extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Writes a WAR with this servlet at every path. */
    static Path war(Path file) throws IOException {
        return TestWar.with(
                        "<servlet><servlet-name>reader</servlet-name><servlet-class>"
                                + BodyReader.class.getName()
                                + "</servlet-class><multipart-config/></servlet><servlet-mapping>"
                                + "<servlet-name>reader</servlet-name><url-pattern>/*</url-pattern>"
                                + "</servlet-mapping>")
                .add("WEB-INF/classes/", BodyReader.class)
                .write(file);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setContentType("text/plain");
        switch (request.getPathInfo()) {
            case "/parts" -> response.getWriter().print(request.getParts().size() + " parts");
            case "/caught" -> response.getWriter().print(caught(request));
            default -> throw new ServletException("no such way to read: " + request.getPathInfo());
        }
    }

    private static String caught(HttpServletRequest request) {
        try {
            return "got " + request.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException tooLarge) {
            return "caught: " + tooLarge.getMessage();
        }
    }
}
