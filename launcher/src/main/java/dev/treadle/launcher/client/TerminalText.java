package dev.treadle.launcher.client;

import java.util.regex.Pattern;

/** Text of a server on a terminal, without the characters that control one. */
final class TerminalText {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}]");
    private static final int LONGEST = 300;

    private TerminalText() {}

    /** Returns the first line that says something, without control characters, and cut. */
    static String line(String text) {
        String first =
                text.lines()
                        .map(TerminalText::clean)
                        .filter(line -> !line.isBlank())
                        .findFirst()
                        .orElse("");
        return first.length() > LONGEST ? first.substring(0, LONGEST) + "..." : first;
    }

    /** Returns one line without control and format characters. */
    static String clean(String line) {
        return CONTROL.matcher(line).replaceAll("?");
    }

    /** Returns several lines without control characters other than their ends. */
    static String lines(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.lines().forEach(line -> clean.append(clean(line.replace("\t", "    "))).append('\n'));
        return clean.toString();
    }

    /** Returns the text in so many columns, cut or filled with spaces. */
    static String column(String text, int width) {
        if (width <= 0) {
            return "";
        }
        if (text.length() > width) {
            return text.substring(0, width - 1) + "\u2026";
        }
        return text + " ".repeat(width - text.length());
    }

    /** The same at the right end of the column. */
    static String right(String text, int width) {
        return text.length() >= width
                ? column(text, width)
                : " ".repeat(width - text.length()) + text;
    }
}
