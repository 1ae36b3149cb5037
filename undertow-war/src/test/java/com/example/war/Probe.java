package com.example.war;

import jakarta.annotation.PostConstruct;
import jakarta.servlet.annotation.WebInitParam;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.util.Collections;

/** Says what the application can see. */
@WebServlet(
        name = "probe",
        urlPatterns = "/by-annotation/*",
        initParams = {
            @WebInitParam(name = "one", value = "annotation"),
            @WebInitParam(name = "two", value = "annotation")
        })
public final class Probe extends ProbeParent {
    private static final long serialVersionUID = 1L;
    private int constructions;

    /** Overridden, and called once all the same. */
    @PostConstruct
    @Override
    void construct() {
        constructions++;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType("text/plain");
        String type = request.getParameter("class");
        String service = request.getParameter("service");
        String text =
                type != null
                        ? loaderOf(type)
                        : service != null
                                ? services(service)
                                : getInitParameter("one")
                                        + " "
                                        + getInitParameter("two")
                                        + " "
                                        + constructions;
        response.getWriter().print(text);
    }

    private static String loaderOf(String type) {
        try {
            ClassLoader loader =
                    Class.forName(type, false, Thread.currentThread().getContextClassLoader())
                            .getClassLoader();
            return Probe.class.getClassLoader().equals(loader) ? "WAR" : "container";
        } catch (ClassNotFoundException hidden) {
            return "none";
        }
    }

    private static String services(String service) throws IOException {
        return Collections.list(
                                Thread.currentThread()
                                        .getContextClassLoader()
                                        .getResources("META-INF/services/" + service))
                        .size()
                + " files";
    }
}
