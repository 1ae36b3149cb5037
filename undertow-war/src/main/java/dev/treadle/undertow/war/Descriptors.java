package dev.treadle.undertow.war;

import static java.util.Objects.requireNonNull;

import org.apache.tomcat.util.descriptor.DigesterFactory;
import org.apache.tomcat.util.descriptor.XmlErrorHandler;
import org.apache.tomcat.util.descriptor.web.WebRuleSet;
import org.apache.tomcat.util.descriptor.web.WebXml;
import org.apache.tomcat.util.digester.Digester;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The descriptor of a web application: {@code web.xml}, the fragments of its libraries in their
 * order, and the annotations, merged into one (Servlet specification, chapter 8). Tomcat's classes
 * parse, order and merge.
 *
 * @param merged all of it
 * @param parts the classes, then the libraries in their order; without those that {@code
 *     absolute-ordering} leaves out
 */
record Descriptors(WebXml merged, List<Part> parts) {
    private static final String WEB_XML = "WEB-INF/web.xml";
    private static final String FRAGMENT = "META-INF/web-fragment.xml";

    static Descriptors read(WarFiles files, ClassIndex index)
            throws IOException, InvalidWarException {
        WebXml webXml = new WebXml();
        Part root = new Part("the WAR", files.root());
        parse(root, WEB_XML, WEB_XML, false, webXml);
        Map<WebXml, Part> fragments = new LinkedHashMap<>();
        for (Part library : files.libraries()) {
            fragments.put(fragment(library), library);
        }
        Set<WebXml> ordered = ordered(webXml, fragments.keySet());
        List<Part> parts = new ArrayList<>(List.of(files.classes()));
        ordered.forEach(fragment -> parts.add(requireNonNull(fragments.get(fragment))));
        if (!webXml.isMetadataComplete()) {
            addAnnotations(webXml, index, files.classes());
            for (WebXml fragment : ordered) {
                if (!fragment.isMetadataComplete()) {
                    addAnnotations(fragment, index, requireNonNull(fragments.get(fragment)));
                }
            }
            merge(webXml, ordered);
        }
        return new Descriptors(webXml, List.copyOf(parts));
    }

    /** Returns the libraries in their order. */
    List<Part> libraries() {
        return parts.subList(1, parts.size());
    }

    private static WebXml fragment(Part library) throws IOException, InvalidWarException {
        WebXml fragment = new WebXml();
        fragment.setWebappJar(true);
        fragment.setDelegate(false);
        boolean there = parse(library, FRAGMENT, library.name() + ": " + FRAGMENT, true, fragment);
        if (!there) {
            // a library that says nothing does not keep the application from being distributable
            fragment.setDistributable(true);
        }
        fragment.setURL(library.url());
        fragment.setJarName(String.valueOf(library.path().getFileName()));
        if (fragment.getName() == null) {
            fragment.setName(library.url().toString());
        }
        return fragment;
    }

    /**
     * Parses a descriptor, if it is there. Of external entities only the schemas and document types
     * of the specification are resolved, and those from the container's own jars.
     */
    private static boolean parse(
            Part part, String file, String shown, boolean fragment, WebXml into)
            throws IOException, InvalidWarException {
        byte[] bytes = part.read(file).orElse(null);
        if (bytes == null) {
            return false;
        }
        WebRuleSet rules = new WebRuleSet(fragment);
        Digester digester = DigesterFactory.newDigester(false, true, rules, true);
        XmlErrorHandler errors = new XmlErrorHandler();
        digester.setErrorHandler(errors);
        digester.push(into);
        InputSource source = new InputSource(new ByteArrayInputStream(bytes));
        source.setSystemId(part.url() + file);
        try {
            digester.parse(source);
        } catch (SAXParseException wrong) {
            throw invalid(shown, wrong);
        } catch (SAXException | IOException | RuntimeException wrong) {
            throw new InvalidWarException(
                    shown + " (expected: a valid descriptor): " + wrong, wrong);
        }
        for (SAXParseException wrong : errors.getErrors()) {
            throw invalid(shown, wrong);
        }
        return true;
    }

    private static InvalidWarException invalid(String shown, SAXParseException wrong) {
        return new InvalidWarException(
                shown
                        + ", line "
                        + wrong.getLineNumber()
                        + " (expected: a valid descriptor): "
                        + wrong.getMessage(),
                wrong);
    }

    private static Set<WebXml> ordered(WebXml webXml, Set<WebXml> fragments)
            throws InvalidWarException {
        Map<String, WebXml> byName = new LinkedHashMap<>();
        for (WebXml fragment : fragments) {
            WebXml namesake = byName.putIfAbsent(fragment.getName(), fragment);
            if (namesake != null) {
                namesake.addDuplicate(fragment.getURL().toString());
                fragment.setName(fragment.getURL().toString());
                byName.put(fragment.getName(), fragment);
            }
        }
        try {
            return new LinkedHashSet<>(WebXml.orderWebFragments(webXml, byName, null));
        } catch (IllegalArgumentException circle) {
            throw new InvalidWarException(
                    FRAGMENT + " (expected: an order of the fragments): " + circle.getMessage(),
                    circle);
        }
    }

    private static void addAnnotations(WebXml descriptor, ClassIndex index, Part part)
            throws InvalidWarException {
        try {
            Annotations.addTo(descriptor, index.in(part));
        } catch (IllegalArgumentException conflict) {
            throw new InvalidWarException(
                    part.name() + " (expected: annotations that agree): " + conflict.getMessage(),
                    conflict);
        }
    }

    private static void merge(WebXml webXml, Set<WebXml> fragments) throws InvalidWarException {
        try (MergeConflicts conflicts = MergeConflicts.listen()) {
            if (!webXml.merge(fragments)) {
                throw new InvalidWarException(
                        FRAGMENT
                                + " (expected: fragments that agree, or a web.xml that decides): "
                                + conflicts.text());
            }
        } catch (IllegalArgumentException conflict) {
            throw new InvalidWarException(
                    FRAGMENT + " (expected: fragments that agree): " + conflict.getMessage(),
                    conflict);
        }
    }
}
