package dev.treadle.launcher.stats;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One request to the stats server, as far as that reads it. Its body is not read.
 *
 * @param method GET, HEAD or POST
 * @param path without the query, as it was sent
 * @param query the parameters by name, decoded; the last of several of one name
 * @param fields the fields of the head by their names in lower case; the last of several
 * @param client from where it comes
 */
record ProbeRequest(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> fields,
        InetAddress client) {

    /**
     * Reads the head of a request.
     *
     * @param lines the request line and the fields
     * @return null if it is none of HTTP/1.x
     */
    static @Nullable ProbeRequest parse(List<String> lines, InetAddress client) {
        String[] parts = lines.getFirst().split(" ", -1);
        if (parts.length != 3
                || parts[0].isEmpty()
                || !parts[1].startsWith("/")
                || !parts[2].startsWith("HTTP/1.")) {
            return null;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                return null;
            }
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String[] target = parts[1].split("\\?", 2);
        Map<String, String> query = target.length == 1 ? Map.of() : query(target[1]);
        return query == null ? null : new ProbeRequest(parts[0], target[0], query, fields, client);
    }

    private static @Nullable Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String each : text.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String value = equals < 0 ? "" : each.substring(equals + 1);
            try {
                query.put(decoded(name), decoded(value));
            } catch (IllegalArgumentException noEncoding) {
                return null;
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** Returns a field of the head; null if there is none. */
    @Nullable String field(String name) {
        return fields.get(name);
    }

    /** Whether it asks for a change. */
    boolean isChange() {
        return method.equals("POST");
    }
}
