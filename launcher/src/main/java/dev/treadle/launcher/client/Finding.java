package dev.treadle.launcher.client;

/**
 * A fault of an application, or of its settings.
 *
 * @param cause what it is, in one line
 * @param evidence what was seen
 * @param remedy what to do
 */
record Finding(String cause, String evidence, String remedy) {
    /** Returns it as text. Names come from files and from clients, so each part is one line. */
    String text() {
        return TerminalText.clean(cause)
                + "\n    seen:   "
                + TerminalText.clean(evidence)
                + "\n    remedy: "
                + TerminalText.clean(remedy)
                + "\n";
    }
}
