package dev.treadle.launcher.client;

/**
 * A fault of an application, or of its settings.
 *
 * @param cause what it is, in one line
 * @param evidence what was seen
 * @param remedy what to do
 */
record Finding(String cause, String evidence, String remedy) {
    String text() {
        return cause + "\n    seen:   " + evidence + "\n    remedy: " + remedy + "\n";
    }
}
