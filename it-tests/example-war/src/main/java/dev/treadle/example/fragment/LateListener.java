package dev.treadle.example.fragment;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/** Of the fragment that comes after the other. */
public final class LateListener implements ServletContextListener {
    private static final String ORDER = "example.fragments";

    @Override
    public void contextInitialized(ServletContextEvent event) {
        add(event, "late");
    }

    static void add(ServletContextEvent event, String name) {
        Object before = event.getServletContext().getAttribute(ORDER);
        event.getServletContext().setAttribute(ORDER, before == null ? name : before + " " + name);
    }
}
