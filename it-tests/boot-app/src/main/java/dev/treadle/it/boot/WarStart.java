package dev.treadle.it.boot;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;

/** Starts the application in a container that Boot does not start. */
public class WarStart extends SpringBootServletInitializer {
    /** Made by the container. */
    public WarStart() {}

    @Override
    protected SpringApplicationBuilder configure(SpringApplicationBuilder application) {
        return application.sources(BootApp.class);
    }
}
