package dev.treadle.bench.report;

import java.util.Locale;

/** The shapes of a picture, one a line. Used by one thread. */
final class Svg {
    private final StringBuilder shapes = new StringBuilder();

    void shape(String format, Object... values) {
        shapes.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** Adds a text whose baseline is at {@code y}. */
    void text(double x, double y, String anchor, int size, String colour, String text) {
        shape(
                "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\">%s</text>",
                number(x), number(y), anchor, size, colour, escaped(text));
    }

    /** Returns the whole picture. */
    String picture(int width, int height) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        .formatted(width, height, width, height)
                + " font-family=\"sans-serif\">\n"
                + shapes
                + "</svg>\n";
    }

    /** Returns a coordinate with one decimal at most. */
    static String number(double coordinate) {
        String text = String.format(Locale.ROOT, "%.1f", coordinate);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
