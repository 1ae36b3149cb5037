package dev.treadle.undertow.war;

import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.CompositeIndex;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.Indexer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The contents of the class files of a WAR, read without loading a class. */
final class ClassIndex {
    private final Map<Part, Index> indexes;

    private ClassIndex(Map<Part, Index> indexes) {
        this.indexes = indexes;
    }

    /**
     * Reads every class file.
     *
     * @throws InvalidWarException if a file is none
     */
    static ClassIndex of(Collection<Part> parts) throws IOException, InvalidWarException {
        Map<Part, Index> indexes = new LinkedHashMap<>();
        for (Part part : parts) {
            Indexer indexer = new Indexer();
            part.forEachClass((file, in) -> read(indexer, part, file, in));
            indexes.put(part, indexer.complete());
        }
        return new ClassIndex(indexes);
    }

    private static void read(Indexer indexer, Part part, String file, InputStream in)
            throws InvalidWarException {
        try {
            indexer.index(in);
        } catch (IOException | RuntimeException corrupt) {
            throw new InvalidWarException(
                    part.name()
                            + ": "
                            + file
                            + " (expected: a whole class file): it cannot be read, "
                            + corrupt
                            + "; build it again",
                    corrupt);
        }
    }

    /** Returns the index of one part. */
    IndexView in(Part part) {
        Index index = indexes.get(part);
        return index == null ? IndexView.empty() : index;
    }

    /** Returns the classes of all parts. */
    Collection<ClassInfo> classes() {
        return CompositeIndex.create(new ArrayList<IndexView>(indexes.values())).getKnownClasses();
    }

    /**
     * Returns a search in some parts. Types above them that are not in a WAR are part of it: a
     * servlet is a {@code Servlet} because {@code HttpServlet} is one.
     *
     * @param others where to read those types
     */
    Search search(Collection<Part> parts, ClassLoader others) throws IOException {
        List<IndexView> views = new ArrayList<>();
        for (Part part : parts) {
            views.add(in(part));
        }
        CompositeIndex ours = CompositeIndex.create(views);
        Set<DotName> known = new HashSet<>();
        Collection<ClassInfo> below = ours.getKnownClasses();
        while (!below.isEmpty()) {
            Index above = above(below, ours, known, others);
            views.add(above);
            below = above.getKnownClasses();
        }
        return new Search(CompositeIndex.create(views), namesIn(ours));
    }

    /** Returns those directly above that are not in the WAR, and are not known yet. */
    private static Index above(
            Collection<ClassInfo> below, IndexView ours, Set<DotName> known, ClassLoader others)
            throws IOException {
        Indexer indexer = new Indexer();
        for (ClassInfo type : below) {
            for (DotName name : directlyAbove(type)) {
                if (known.add(name) && ours.getClassByName(name) == null) {
                    String file = name.toString().replace('.', '/') + ".class";
                    try (InputStream in = others.getResourceAsStream(file)) {
                        if (in != null) {
                            indexer.index(in);
                        }
                    }
                }
            }
        }
        return indexer.complete();
    }

    private static Set<String> namesIn(IndexView index) {
        Set<String> names = new HashSet<>();
        index.getKnownClasses().forEach(type -> names.add(type.name().toString()));
        return names;
    }

    /** Returns the class and the interfaces that a class names in its declaration. */
    static List<DotName> directlyAbove(ClassInfo type) {
        List<DotName> above = new ArrayList<>(type.interfaceNames());
        if (type.superName() != null) {
            above.add(type.superName());
        }
        return above;
    }

    /** Finds classes as HandlesTypes of the Servlet specification does (8.2.4). */
    static final class Search {
        private final IndexView index;
        private final Set<String> ofWar;

        private Search(IndexView index, Set<String> ofWar) {
            this.index = index;
            this.ofWar = ofWar;
        }

        /**
         * Returns the names of classes below a type; if it is an annotation, of those that have it
         * on themselves, on a method or on a field.
         */
        Set<String> matching(Class<?> type) {
            Set<String> names = new TreeSet<>();
            if (type.isAnnotation()) {
                for (AnnotationInstance found : index.getAnnotations(type)) {
                    add(names, found.target());
                }
            } else {
                index.getAllKnownSubclasses(type).forEach(found -> add(names, found));
                index.getAllKnownImplementations(type).forEach(found -> add(names, found));
                index.getAllKnownSubinterfaces(type).forEach(found -> add(names, found));
            }
            names.retainAll(ofWar);
            return names;
        }

        private static void add(Set<String> names, AnnotationTarget target) {
            switch (target.kind()) {
                case CLASS -> names.add(target.asClass().name().toString());
                case METHOD -> names.add(target.asMethod().declaringClass().name().toString());
                case FIELD -> names.add(target.asField().declaringClass().name().toString());
                default -> {
                    // of parameters and types in code the specification says nothing
                }
            }
        }
    }
}
