package dev.treadle.settings;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the name that was meant by a typing error. The measure is the number of characters that are
 * missing, too many, wrong, or swapped with their neighbour (optimal string alignment). Letter
 * case, punctuation and the prefix {@code treadle} do not count, so {@code TREADLE_QUEUETIMEOUT} is
 * as near to {@code TREADLE_QUEUE_TIMEOUT} as can be.
 *
 * <p>The core has no dependencies, and a library for this one function would be its first.
 */
final class NearestName {
    /** One error in so many characters is a typing error; more is another word. */
    private static final int CHARACTERS_PER_ERROR = 4;

    private static final int LEAST_ERRORS = 2;

    private NearestName() {}

    /** Returns the nearest of the known names, or empty if none is near. */
    static Optional<String> of(String name, Collection<String> known) {
        String written = plain(name);
        int most = Math.max(LEAST_ERRORS, written.length() / CHARACTERS_PER_ERROR);
        String best = null;
        for (String each : known) {
            int errors = errors(written, plain(each));
            if (errors <= most) {
                best = each;
                most = errors - 1; // of several that are as near, the first
            }
        }
        return Optional.ofNullable(best);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]|^treadle", "");
    }

    private static int errors(String from, String to) {
        int[][] errors = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                errors[i][j] = errors(errors, from, to, i, j);
            }
        }
        return errors[from.length()][to.length()];
    }

    private static int errors(int[][] known, String from, String to, int i, int j) {
        if (i == 0 || j == 0) {
            return i + j;
        }
        int wrong = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int least =
                Math.min(
                        known[i - 1][j - 1] + wrong,
                        1 + Math.min(known[i - 1][j], known[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, known[i - 2][j - 2] + 1) : least;
    }
}
