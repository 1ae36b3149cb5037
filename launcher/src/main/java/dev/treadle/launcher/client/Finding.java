package dev.treadle.launcher.client;

/**
 * Something that hurts an application.
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
