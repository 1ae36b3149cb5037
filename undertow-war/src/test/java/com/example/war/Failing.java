package com.example.war;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;

/** Parts of an application that cannot start. */
public final class Failing {
    private static final String REASON = "no database";

    private Failing() {}

    /** Throws the exception that Undertow swallows. */
    @WebServlet(urlPatterns = "/checked", loadOnStartup = 1)
    public static final class Checked extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void init() throws ServletException {
            throw new ServletException("wrapped", new IllegalStateException(REASON));
        }
    }

    /** Says that it will never be there. */
    @WebServlet(urlPatterns = "/unavailable", loadOnStartup = 1)
    public static final class Unavailable extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void init() throws ServletException {
            throw new UnavailableException(REASON);
        }
    }

    /** Cannot be made. */
    @WebServlet(urlPatterns = "/constructor", loadOnStartup = 1)
    public static final class Constructor extends HttpServlet {
        private static final long serialVersionUID = 1L;

        /** Fails. */
        public Constructor() {
            throw new IllegalStateException(REASON);
        }
    }

    /** Fails after its construction. */
    @WebServlet(urlPatterns = "/constructed", loadOnStartup = 1)
    public static final class Constructed extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @PostConstruct
        void fail() {
            throw new IllegalStateException(REASON);
        }
    }

    /** Asks for a resource that nobody has declared. */
    @WebServlet(urlPatterns = "/resource", loadOnStartup = 1)
    public static final class Wanting extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Resource(name = "jdbc/no database")
        Object source = this;
    }

    /** A filter is made before the first request. */
    @WebFilter("/*")
    public static final class BrokenFilter extends HttpFilter {
        private static final long serialVersionUID = 1L;

        @Override
        public void init(FilterConfig config) throws ServletException {
            throw new ServletException("wrapped", new IllegalStateException(REASON));
        }
    }
}
