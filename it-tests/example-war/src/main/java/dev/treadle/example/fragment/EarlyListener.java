package dev.treadle.example.fragment;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/** Of the fragment that comes first, although its jar has the later name. */
public final class EarlyListener implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
        LateListener.add(event, "early");
    }
}
