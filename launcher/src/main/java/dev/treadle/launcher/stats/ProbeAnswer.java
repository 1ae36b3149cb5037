package dev.treadle.launcher.stats;

/**
 * One answer of the stats server.
 *
 * @param status such as {@code 200 OK}
 * @param type the media type
 * @param body the content
 * @param fields further fields of the head, each with its end of line
 */
record ProbeAnswer(String status, String type, String body, String fields) {
    private static final String TEXT = "text/plain; charset=utf-8";

    static ProbeAnswer text(String status, String body) {
        return new ProbeAnswer(status, TEXT, body, "");
    }

    static ProbeAnswer ok(String type, String body) {
        return new ProbeAnswer("200 OK", type, body, "");
    }

    static ProbeAnswer okText(String body) {
        return text("200 OK", body);
    }

    static ProbeAnswer okJson(String body) {
        return ok("application/json", body);
    }

    /** Returns an answer that says its status in its body. */
    static ProbeAnswer plain(String status) {
        return text(status, status + "\n");
    }

    ProbeAnswer with(String field) {
        return new ProbeAnswer(status, type, body, fields + field + "\r\n");
    }
}
