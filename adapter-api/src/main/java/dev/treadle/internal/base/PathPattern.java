package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

/**
 * A path pattern as servlets map them (Servlet 6.0, 12.2), without the default and the context
 * root: {@code /a/b} is that path, {@code /a/*} is {@code /a} and all below it, {@code *.pdf} all
 * that end so, and {@code /*} all. It is compared with the path as the gate sees it: decoded,
 * without query and path parameters, as a whole and inside the application ({@link
 * dev.treadle.internal.gate.ContextPaths}).
 */
public record PathPattern(String text, Kind kind, String part) {
    /** The form of a pattern, for messages. */
    public static final String EXPECTED = "a path such as /healthz, /checkout/*, *.pdf or /*";

    /** The form of a pattern of priority, for messages. */
    public static final String EXPECTED_OF_PRIORITY =
            "a path such as /healthz, or /healthz/* for all at and below it; with a suffix or /*"
                    + " any request could pass the gate";

    /** The part of a path that it looks at. */
    public enum Kind {
        /** Nothing: it fits all. */
        ALL,
        /** All of it. */
        EXACT,
        /** Its beginning. */
        BELOW,
        /** Its end. */
        SUFFIX
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if the text is no such pattern
     */
    public static PathPattern parse(String text) {
        PathPattern parsed = tryParse(text);
        if (parsed == null) {
            throw new IllegalArgumentException(text + " (expected: " + EXPECTED + ")");
        }
        return parsed;
    }

    /** Returns the pattern of one path. */
    public static PathPattern exact(String path) {
        return new PathPattern(path, Kind.EXACT, path);
    }

    /** Whether the text is such a pattern. */
    public static boolean isOne(String text) {
        return tryParse(text) != null;
    }

    /**
     * Whether the text is a pattern that priority may have: a path, or all at and below one. A
     * suffix or {@code /*} would let anybody choose a path that passes the gate.
     */
    public static boolean isOneOfPriority(String text) {
        PathPattern parsed = tryParse(text);
        return parsed != null && parsed.isOfPriority();
    }

    private boolean isOfPriority() {
        return kind == Kind.EXACT || kind == Kind.BELOW;
    }

    private static @Nullable PathPattern tryParse(String text) {
        if (text.equals("/*")) {
            return new PathPattern(text, Kind.ALL, "");
        }
        if (text.startsWith("/")) {
            boolean below = text.endsWith("/*");
            String path = below ? text.substring(0, text.length() - 2) : text;
            if (isPlain(path)) {
                return new PathPattern(text, below ? Kind.BELOW : Kind.EXACT, path);
            }
        } else if (text.startsWith("*.")
                && text.length() > 2
                && isPlain(text.substring(1))
                && text.indexOf('/') < 0) {
            return new PathPattern(text, Kind.SUFFIX, text.substring(1));
        }
        return null;
    }

    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '*' || c == '?' || c == '#' || c == ';' || Character.isWhitespace(c)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it fits the whole path. */
    public boolean matches(String path) {
        return matches(path, 0);
    }

    /** Whether it fits the path from {@code start} on. */
    public boolean matches(String path, int start) {
        int end = start + part.length();
        return switch (kind) {
            case ALL -> true;
            case EXACT -> path.length() == end && path.startsWith(part, start);
            case SUFFIX -> path.endsWith(part);
            case BELOW ->
                    path.startsWith(part, start)
                            && (path.length() == end || path.charAt(end) == '/');
        };
    }

    /** Whether it fits every path that the other one fits. */
    public boolean covers(PathPattern other) {
        return switch (kind) {
            case ALL -> true;
            case EXACT -> other.kind == Kind.EXACT && part.equals(other.part);
            case SUFFIX ->
                    (other.kind == Kind.EXACT || other.kind == Kind.SUFFIX)
                            && other.part.endsWith(part);
            case BELOW ->
                    (other.kind == Kind.EXACT || other.kind == Kind.BELOW) && matches(other.part);
        };
    }

    /** Whether a request can have a path that it fits: that has one form, or ends plainly. */
    public boolean isPlain() {
        return RequestPath.isPlain(part);
    }

    @Override
    public String toString() {
        return text;
    }
}
