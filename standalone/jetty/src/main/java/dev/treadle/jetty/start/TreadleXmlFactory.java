package dev.treadle.jetty.start;

import org.eclipse.jetty.xml.ConfigurationProcessor;
import org.eclipse.jetty.xml.ConfigurationProcessorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets Jetty read {@code etc/treadle.xml}, whose root element is {@code Treadle}. For the service
 * loader of Jetty.
 *
 * <p>An ordinary XML file of Jetty sees a property only if it names it. So a typing error in a name
 * would be silent. A processor sees them all.
 *
 * @since 0.2.0
 */
public final class TreadleXmlFactory implements ConfigurationProcessorFactory {
    private static final String ROOT = "Treadle";

    /** For the service loader. */
    public TreadleXmlFactory() {}

    @Override
    public @Nullable ConfigurationProcessor getConfigurationProcessor(
            @Nullable String dtd, String tag) {
        return tag.equals(ROOT) ? new TreadleXml() : null;
    }
}
