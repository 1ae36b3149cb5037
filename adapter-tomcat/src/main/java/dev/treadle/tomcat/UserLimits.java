package dev.treadle.tomcat;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;

/**
 * The limits of a connector that the user has set. Tomcat does not say whether a value is its own
 * default, so one that equals the default counts as not set.
 *
 * @param maxConnections whether {@code maxConnections} is set
 * @param acceptCount whether {@code acceptCount} is set
 */
record UserLimits(boolean maxConnections, boolean acceptCount) {
    // AbstractEndpoint, 10.1 and 11; Boot sets the same
    private static final int DEFAULT_MAX_CONNECTIONS = 8 * 1024;
    private static final int DEFAULT_ACCEPT_COUNT = 100;

    /** To be called before anything of the connector is changed. */
    static UserLimits of(Connector connector) {
        AbstractProtocol<?> protocol = ConnectorSetup.requireSupported(connector);
        return new UserLimits(
                protocol.getMaxConnections() != DEFAULT_MAX_CONNECTIONS,
                protocol.getAcceptCount() != DEFAULT_ACCEPT_COUNT);
    }
}
