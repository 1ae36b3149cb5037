package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, strings, numbers, booleans and null as JSON, in ASCII. */
public final class JsonText {
    private static final char FIRST_PRINTED = ' ';
    private static final char LAST_PRINTED = '~';

    private JsonText() {}

    /**
     * Returns the value as JSON, on one line.
     *
     * @param value maps have strings for names; other types are written as their text
     */
    public static String of(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value);
        return text.toString();
    }

    private static void write(StringBuilder text, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            text.append('{');
            for (Iterator<? extends Map.Entry<?, ?>> each = map.entrySet().iterator();
                    each.hasNext(); ) {
                Map.Entry<?, ?> entry = each.next();
                string(text, String.valueOf(entry.getKey()));
                text.append(':');
                write(text, entry.getValue());
                text.append(each.hasNext() ? "," : "");
            }
            text.append('}');
        } else if (value instanceof List<?> list) {
            text.append('[');
            for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
                write(text, each.next());
                text.append(each.hasNext() ? "," : "");
            }
            text.append(']');
        } else if (value == null || value instanceof Boolean || isWritten(value)) {
            text.append(value);
        } else {
            string(text, value.toString());
        }
    }

    /** JSON has no infinity and no NaN: they become strings. */
    private static boolean isWritten(Object value) {
        return value instanceof Number number && Double.isFinite(number.doubleValue());
    }

    private static void string(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            if (each == '"' || each == '\\') {
                text.append('\\').append(each);
            } else if (each < FIRST_PRINTED || each > LAST_PRINTED) {
                text.append(String.format("\\u%04x", (int) each));
            } else {
                text.append(each);
            }
        }
        text.append('"');
    }
}
