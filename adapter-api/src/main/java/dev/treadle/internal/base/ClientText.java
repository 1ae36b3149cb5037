package dev.treadle.internal.base;

import java.util.HexFormat;

/**
 * Text from a client as log lines, JMX and the actuator show it: on one line, without anything that
 * a terminal or a reader could take for something else, and not longer than {@link #MOST}
 * characters.
 *
 * <p>Control characters, format characters (the marks of writing direction among them), separators
 * of lines, surrogates without partner and characters that Unicode does not know or leaves to
 * private use become backslash, {@code u} and four hexadecimal digits for each {@code char}. Text
 * that needs no change is returned as it is.
 */
public final class ClientText {
    /** The longest text that is shown; a longer one is cut, and ends in {@link #CUT}. */
    static final int MOST = 200;

    static final String CUT = "...";

    private ClientText() {}

    /** Returns the text on one line, escaped and cut. */
    public static String shown(String text) {
        return text.length() <= MOST && isPlain(text) ? text : escaped(text);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7F) {
                return text.codePoints().allMatch(ClientText::isHarmless);
            }
        }
        return true;
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /** Cuts between two characters or escapes, never in the middle of one. */
    private static String escaped(String text) {
        StringBuilder shown = new StringBuilder(MOST);
        int cut = 0;
        int i = 0;
        while (i < text.length()) {
            int point = text.codePointAt(i);
            String character = Character.toString(point);
            shown.append(isHarmless(point) ? character : escape(character));
            if (shown.length() > MOST) {
                shown.setLength(cut);
                return shown.append(CUT).toString();
            }
            if (shown.length() <= MOST - CUT.length()) {
                cut = shown.length();
            }
            i += character.length();
        }
        return shown.toString();
    }

    private static String escape(String character) {
        StringBuilder escape = new StringBuilder();
        for (int i = 0; i < character.length(); i++) {
            escape.append("\\u").append(HexFormat.of().toHexDigits(character.charAt(i)));
        }
        return escape.toString();
    }
}
