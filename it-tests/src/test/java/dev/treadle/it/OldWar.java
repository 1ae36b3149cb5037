package dev.treadle.it;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.nio.file.Path;

/** An application of Servlet 3.1, whose API has the package {@code javax.servlet}. */
final class OldWar {
    private static final String NEW = "jakarta/servlet/";
    private static final String OLD = "javax/servlet/";

    private OldWar() {}

    static Path write(Path file) throws IOException {
        return TestWar.empty()
                .add(
                        "WEB-INF/web.xml",
                        """
                        <web-app xmlns="http://xmlns.jcp.org/xml/ns/javaee" version="3.1">
                          <security-constraint>
                            <web-resource-collection>
                              <web-resource-name>secret</web-resource-name>
                              <url-pattern>/old</url-pattern>
                            </web-resource-collection>
                            <auth-constraint><role-name>reader</role-name></auth-constraint>
                          </security-constraint>
                          <login-config>
                            <auth-method>DIGEST</auth-method>
                            <realm-name>Old</realm-name>
                          </login-config>
                          <security-role><role-name>reader</role-name></security-role>
                        </web-app>
                        """)
                .add(
                        "page.jsp",
                        """
                        <%@ page import="javax.servlet.http.HttpServletRequest" %>\
                        <%= HttpServletRequest.class.getName() %>\
                        """)
                .addRenamed("WEB-INF/classes/", OldServlet.class, NEW, OLD)
                .addRenamed("WEB-INF/classes/", WhereServlet.class, NEW, OLD)
                .add("WEB-INF/classes/", ClassPlace.class)
                .add(
                        "WEB-INF/classes/" + GivenWar.TWICE.replace('.', '/') + ".class",
                        Places.classInLibrary(GivenWar.TWICE))
                .write(file);
    }

    /** For the container. */
    @WebServlet("/old")
    public static final class OldServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public OldServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().write("hello " + request.getRemoteUser());
        }
    }

    /** For the container: tells where a class comes from. */
    @WebServlet("/where")
    public static final class WhereServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        public WhereServlet() {}

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().write(ClassPlace.of(request.getParameter("class")));
        }
    }
}
