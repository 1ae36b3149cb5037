package dev.treadle.launcher.sleeper;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/**
 * Makes JSPs bear interrupts. Jasper compiles with {@link PageCompiler}, and compiles a page again
 * at the next request if it failed. By itself it waits for 4 s ({@code modificationTestInterval}),
 * and answers 500, {@code ClassNotFoundException}, meanwhile. An application that sets the
 * parameters itself is left as it is.
 */
public final class PageDefaults implements ServletContainerInitializer {
    private static final String JSP_SERVLET = "jsp";
    private static final String RECOMPILE = "recompileOnFail";
    private static final String COMPILER = "compiler";
    private static final String COMPILER_CLASS = "compilerClassName";

    /** For the hosts. */
    public PageDefaults() {}

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        ServletRegistration pages = context.getServletRegistration(JSP_SERVLET);
        if (pages == null) {
            return;
        }
        // the call changes nothing where the parameter is there
        pages.setInitParameter(RECOMPILE, "true");
        if (pages.getInitParameter(COMPILER) == null) {
            pages.setInitParameter(COMPILER_CLASS, PageCompiler.class.getName());
        }
    }
}
