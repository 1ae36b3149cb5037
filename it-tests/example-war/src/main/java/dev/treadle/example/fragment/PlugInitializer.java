package dev.treadle.example.fragment;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.annotation.HandlesTypes;

import java.util.Set;

/** Leaves the names of all plugs for a page to show. */
@HandlesTypes(Plug.class)
public final class PlugInitializer implements ServletContainerInitializer {
    @Override
    public void onStartup(Set<Class<?>> plugs, ServletContext context) {
        context.setAttribute(
                "example.plugs", plugs.stream().map(Class::getSimpleName).sorted().toList());
    }
}
