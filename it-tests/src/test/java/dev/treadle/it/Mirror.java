package dev.treadle.it;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Says what it sees of a request; packed into a WAR. */
public final class Mirror extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Writes a WAR with this servlet at every path. */
    static Path war(Path file) throws IOException {
        return TestWar.with(
                        "<servlet><servlet-name>mirror</servlet-name><servlet-class>"
                                + Mirror.class.getName()
                                + "</servlet-class></servlet><servlet-mapping><servlet-name>mirror"
                                + "</servlet-name><url-pattern>/mirror/*</url-pattern>"
                                + "</servlet-mapping>")
                .add("WEB-INF/classes/", Mirror.class)
                .write(file);
    }

    /** The client, and the address that it has called. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType("text/plain");
        response.getWriter()
                .print(
                        request.getRemoteAddr()
                                + " "
                                + request.getRequestURL()
                                + " "
                                + request.getServerName()
                                + " "
                                + request.getServerPort()
                                + " "
                                + (request.isSecure() ? "secure" : "plain"));
    }

    /** How many bytes or characters it has got. */
    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String field = request.getParameter("field");
        long length =
                field == null
                        ? request.getInputStream().transferTo(OutputStream.nullOutputStream())
                        : field.length();
        response.setContentType("text/plain");
        response.getWriter().print("got " + length);
    }
}
