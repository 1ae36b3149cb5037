package dev.treadle.launcher.client;

import dev.treadle.launcher.host.HttpAddress;
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
            HttpAddress address =
                    HttpAddress.parse("ADDRESS", text.matches("\\d+") ? ":" + text : text)
                            .orLoopback();
            return new StatsAddress(URI.create(address.url("http", address.port())), false);
        }
        try {
            URI url = new URI(text.replaceFirst("/+$", ""));
            if (url.getHost() == null
                    || !url.getScheme().matches("https?")
                    || url.getQuery() != null
                    || url.getFragment() != null) {
                throw new InvalidSettingException("ADDRESS", text, EXPECTED);
            }
            return new StatsAddress(url, !url.getPath().isEmpty());
        } catch (URISyntaxException malformed) {
            throw new InvalidSettingException("ADDRESS", text, EXPECTED);
        }
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
