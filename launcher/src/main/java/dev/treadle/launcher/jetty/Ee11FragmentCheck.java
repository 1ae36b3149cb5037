package dev.treadle.launcher.jetty;

import org.eclipse.jetty.ee11.webapp.AbstractConfiguration;
import org.eclipse.jetty.ee11.webapp.FragmentConfiguration;
import org.eclipse.jetty.ee11.webapp.MetaInfConfiguration;
import org.eclipse.jetty.ee11.webapp.WebAppContext;

import java.io.IOException;

/** The step between finding fragments and parsing them. */
final class Ee11FragmentCheck extends AbstractConfiguration {
    Ee11FragmentCheck() {
        super(
                new Builder()
                        .addDependencies(MetaInfConfiguration.class)
                        .addDependents(FragmentConfiguration.class));
    }

    @Override
    public void preConfigure(WebAppContext context) throws IOException {
        JettyFragments.requireNoExternalEntities(
                context.getAttribute(MetaInfConfiguration.METAINF_FRAGMENTS));
    }
}
