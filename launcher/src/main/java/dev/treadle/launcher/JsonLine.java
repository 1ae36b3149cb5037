package dev.treadle.launcher;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Writes maps as JSON on one line of plain ASCII: everything else is escaped, so that no character
 * of a client is taken for something else by a terminal or a reader of lines.
 */
final class JsonLine {
    private static final JSON WRITER =
            JSON.builder(JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build())
                    .build();

    private JsonLine() {}

    /** Returns the object, in the order of the map, without a line end. */
    static String of(Map<String, ?> object) {
        try {
            // DEL is ASCII, and the one control character that JSON need not escape
            return WRITER.asString(object).replace("\u007F", "\\u007f");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it writes to a string
        }
    }
}
