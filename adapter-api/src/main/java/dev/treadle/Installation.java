package dev.treadle;

/**
 * Workers in a container: the result of an adapter's installation, with the text of the start line.
 *
 * @param container the name of the container, such as {@code Tomcat}
 * @param version its version, such as {@code 11.0.25}
 * @param workers the workers that run its requests
 * @since 0.2.0
 */
public record Installation(String container, String version, Workers workers) {
    /**
     * Returns the start line without the address, such as {@code Treadle 0.2.0: gevent 1000 on 2
     * hubs (carried by Tomcat's pollers), Tomcat 11.0.25}.
     */
    public String startLine() {
        return "Treadle "
                + Treadle.version()
                + ": "
                + workers.settings().summary()
                + workers.serverSide().hubWords()
                + ", "
                + container
                + " "
                + version
                + workers.serverSide().startNote();
    }
}
