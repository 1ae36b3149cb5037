package dev.treadle.launcher.client;

import dev.treadle.settings.InvalidSettingException;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * The address of a server that tells what its workers do.
 *
 * @param base without a slash at its end
 * @param actuator whether that is the actuator of Spring Boot, and not the address of {@code
 *     --stats}
 */
record StatsAddress(URI base, boolean actuator) {
    private static final int LAST_PORT = 65_535;

    private static final String EXPECTED =
            "the address of --stats, such as :9191 or host:9191, or the URL of an actuator, such as"
                    + " http://host:8080/actuator";

    /**
     * Reads what a user has written.
     *
     * @throws InvalidSettingException if it is no address
     */
    static StatsAddress parse(String text) {
        if (!text.contains("://")) {
            return new StatsAddress(plain(text), false);
        }
        try {
            URI url = new URI(text.replaceFirst("/+$", ""));
            if (url.getHost() == null
                    || !url.getScheme().matches("https?")
                    || url.getPort() > LAST_PORT
                    || url.getQuery() != null
                    || url.getFragment() != null) {
                throw new InvalidSettingException("ADDRESS", text, EXPECTED);
            }
            return new StatsAddress(url, !url.getPath().isEmpty());
        } catch (URISyntaxException malformed) {
            throw new InvalidSettingException("ADDRESS", text, EXPECTED);
        }
    }

    /** Returns the URL of a host and a port, of which the host may be left out. */
    private static URI plain(String text) {
        String withHost = text.matches(":?\\d+") ? "127.0.0.1:" + text.replace(":", "") : text;
        try {
            URI url = new URI("http://" + withHost);
            if (url.getHost() != null
                    && url.getPort() > 0
                    && url.getPort() <= LAST_PORT
                    && url.getPath().isEmpty()
                    && url.getUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            throw new InvalidSettingException("ADDRESS", text, EXPECTED);
        }
        throw new InvalidSettingException("ADDRESS", text, EXPECTED);
    }

    /** Returns where the numbers are. */
    URI numbers() {
        return at(actuator ? "/treadle" : "/");
    }

    /** Returns where the requests are, as JSON. */
    URI requests(boolean grouped) {
        return at(
                (actuator ? "/treadlerequests?" : "/-/requests?format=json&")
                        + (grouped ? "group=stack" : ""));
    }

    /** Returns where the last reports are, as JSON. */
    URI reports() {
        return at(actuator ? "/treadlereports" : "/-/reports?format=json");
    }

    URI at(String pathAndQuery) {
        return URI.create(base + pathAndQuery);
    }

    @Override
    public String toString() {
        return actuator ? base.toString() : base.getAuthority();
    }
}
