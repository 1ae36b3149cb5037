package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.ext.DefaultHandler2;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.util.Optional;

import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;

/**
 * Finds external entities in a descriptor: a parser that resolves them, as Jetty's does, puts any
 * file that the server may read into the application (CWE-611). A DTD of one's own is one, since it
 * may declare more; Sun's, which descriptors before Servlet 2.4 have, is none.
 */
public final class ExternalEntities {
    /** How the public identifiers of Sun's DTDs begin; the containers have those inside. */
    private static final String SUN = "-//Sun Microsystems, Inc.//DTD Web Application";

    private ExternalEntities() {}

    /**
     * Reads a descriptor.
     *
     * @return the first one, such as {@code s as file:///etc/passwd}; empty if there is none, or if
     *     the text is not well-formed before one, which the container will tell
     */
    public static Optional<String> in(InputStream descriptor) throws IOException {
        Declarations declarations = new Declarations();
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            XMLReader reader = factory.newSAXParser().getXMLReader();
            reader.setProperty("http://xml.org/sax/properties/declaration-handler", declarations);
            reader.setProperty("http://xml.org/sax/properties/lexical-handler", declarations);
            reader.setEntityResolver(declarations);
            reader.setErrorHandler(declarations);
            reader.parse(new InputSource(descriptor));
        } catch (SAXException malformed) {
            // or stopped at the one that was looked for
        } catch (ParserConfigurationException impossible) {
            throw new IllegalStateException("the JDK has no parser of XML", impossible);
        }
        return Optional.ofNullable(declarations.found);
    }

    private static final class Declarations extends DefaultHandler2 {
        private @Nullable String found;

        @Override
        public void externalEntityDecl(String name, @Nullable String publicId, String systemId)
                throws SAXException {
            found = name + " as " + systemId;
            throw new SAXException("found");
        }

        @Override
        public void startDTD(String name, @Nullable String publicId, @Nullable String systemId)
                throws SAXException {
            boolean known = publicId != null && publicId.startsWith(SUN);
            if (systemId != null && !known) {
                found = "a DTD as " + systemId;
                throw new SAXException("found");
            }
        }

        @Override
        public InputSource resolveEntity(
                @Nullable String name,
                @Nullable String publicId,
                @Nullable String baseUri,
                String systemId) {
            return new InputSource(new StringReader("")); // no file is read, and no network used
        }
    }
}
