package dev.treadle.agent;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * Looks for texts among the constants of a class file, and reads nothing else of it. Most classes
 * of an application make no pools, and this takes a microsecond or two of each.
 */
final class ConstantPool {
    private static final int COUNT_AT = 8;
    private static final int FIRST_AT = 10;

    private ConstantPool() {}

    /** Returns the bytes to look for. A name of ASCII letters alone is the same in UTF-8. */
    static byte[][] texts(String... names) {
        return Stream.of(names)
                .map(name -> name.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }

    /**
     * Whether one of the texts is there.
     *
     * @throws IndexOutOfBoundsException if the file is not whole
     * @throws IllegalArgumentException if it has a constant of an unknown kind
     */
    static boolean hasOneOf(byte[][] texts, byte[] file) {
        int count = u2(file, COUNT_AT);
        int at = FIRST_AT;
        for (int i = 1; i < count; i++) {
            int tag = file[at];
            switch (tag) {
                case 1 -> {
                    int length = u2(file, at + 1);
                    if (isOneOf(texts, file, at + 3, length)) {
                        return true;
                    }
                    at += 3 + length;
                }
                case 3, 4, 9, 10, 11, 12, 17, 18 -> at += 5;
                case 5, 6 -> {
                    at += 9;
                    i++; // a long or a double takes two places
                }
                case 7, 8, 16, 19, 20 -> at += 3;
                case 15 -> at += 4;
                default -> throw new IllegalArgumentException("constant of kind " + tag);
            }
        }
        return false;
    }

    private static int u2(byte[] file, int at) {
        return ((file[at] & 0xff) << 8) | (file[at + 1] & 0xff);
    }

    private static boolean isOneOf(byte[][] texts, byte[] file, int at, int length) {
        for (byte[] text : texts) {
            if (text.length == length && isThere(text, file, at)) {
                return true;
            }
        }
        return false;
    }

    /** From the end: the names that are looked for, and most others, begin alike. */
    private static boolean isThere(byte[] text, byte[] file, int at) {
        for (int i = text.length - 1; i >= 0; i--) {
            if (file[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }
}
