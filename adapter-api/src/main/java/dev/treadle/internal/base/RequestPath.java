package dev.treadle.internal.base;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The path of a request and its other forms: with path parameters, empty segments, {@code .} and
 * {@code ..}, or percent-encoded.
 *
 * <p>Containers differ in what they decode and resolve before an outermost handler sees the path. A
 * container may even map one form to a servlet and resolve another one to a file, as Undertow does.
 * So the gate trusts a path only if it is plain: if it has no second form. A path that is not plain
 * has no priority, and is subject to the limits of all its forms ({@link
 * dev.treadle.internal.gate.GatePolicy}).
 *
 * <p>A plain path costs one scan and no allocation.
 */
public final class RequestPath {
    private static final int HEX = 16;
    private static final int ESCAPE = 3;

    private RequestPath() {}

    /** Whether all {@link #forms} are the same. */
    public static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == ';' || c == '%' || c == '\\') {
                return false;
            }
            if (c == '/' && i + 1 < path.length() && !isPlainBehindSlash(path, i + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlainBehindSlash(String path, int start) {
        char c = path.charAt(start);
        if (c != '.') {
            return c != '/';
        }
        int next = start + 1;
        if (next < path.length() && path.charAt(next) == '.') {
            next++;
        }
        return next < path.length() && path.charAt(next) != '/';
    }

    /**
     * Returns every form in which an application may see the path: as it is; decoded and without
     * parameters; and with its segments resolved besides. Segments above the root are dropped, as
     * browsers and Undertow do.
     */
    public static List<String> forms(String path) {
        String decoded = decoded(withoutParameters(path)).replace('\\', '/');
        String bare = withoutParameters(decoded); // the decoding may bring parameters to light
        return List.of(path, bare, resolved(bare));
    }

    private static String withoutParameters(String path) {
        if (path.indexOf(';') < 0) {
            return path;
        }
        StringBuilder kept = new StringBuilder(path.length());
        boolean inParameters = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            inParameters = c == ';' || (inParameters && c != '/');
            if (!inParameters) {
                kept.append(c);
            }
        }
        return kept.toString();
    }

    /** Decodes once. An escape that is none stays as it is. */
    private static String decoded(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
        int i = 0;
        while (i < path.length()) {
            int value = escapedAt(path, i);
            if (value >= 0) {
                bytes.write(value);
                i += ESCAPE;
            } else {
                int point = path.codePointAt(i);
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int escapedAt(String path, int at) {
        if (path.charAt(at) != '%' || at + ESCAPE > path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), HEX);
        int low = Character.digit(path.charAt(at + 2), HEX);
        return high < 0 || low < 0 ? -1 : high * HEX + low;
    }

    private static String resolved(String path) {
        StringBuilder result = new StringBuilder(path.length());
        int start = 0;
        while (start < path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String segment = path.substring(start, end);
            boolean last = slash < 0;
            if (segment.equals("..")) {
                result.setLength(Math.max(0, result.lastIndexOf("/")));
                appendIf(last, result);
            } else if (segment.equals(".")) {
                appendIf(last, result);
            } else if (!segment.isEmpty()) {
                result.append('/').append(segment);
            }
            start = end + 1;
        }
        boolean endsWithSlash = path.endsWith("/") && !endsWith(result, '/');
        appendIf(endsWithSlash, result);
        return result.toString();
    }

    private static void appendIf(boolean slash, StringBuilder result) {
        if (slash) {
            result.append('/');
        }
    }

    private static boolean endsWith(StringBuilder text, char c) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == c;
    }
}
