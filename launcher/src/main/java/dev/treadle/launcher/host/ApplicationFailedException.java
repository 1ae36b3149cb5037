package dev.treadle.launcher.host;

import java.io.Serial;

/** One web application did not start. */
public final class ApplicationFailedException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Content.War war;

    /**
     * @param war the one that did not start
     * @param cause the exception of the application or the container; a {@link
     *     ReasonInLogException} if the container has only logged it
     */
    public ApplicationFailedException(Content.War war, Throwable cause) {
        super(war.file() + " at " + war.contextPath(), cause);
        this.war = war;
    }

    /** Returns the one that did not start. */
    public Content.War war() {
        return war;
    }
}
