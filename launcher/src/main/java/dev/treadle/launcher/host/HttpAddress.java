package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens, as uWSGI's {@code --http} has it: {@code :3000}, {@code 127.0.0.1:3000},
 * {@code [::1]:3000}.
 *
 * @param host a name or address without brackets; null: every address of this machine
 * @param port [0, 65535]; 0: a free one
 */
public record HttpAddress(@Nullable String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([\\w:.%]+)]|([^:\\[\\]]*)):(\\d{1,9})");
    private static final int LAST_PORT = 65_535;

    /**
     * Reads {@code [HOST]:PORT}.
     *
     * @param option what to name in a message
     * @throws InvalidSettingException if it has another form, the port is out of range, or the host
     *     is not known
     */
    public static HttpAddress parse(String option, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw unlike(option, text, "[HOST]:PORT, such as :3000, 127.0.0.1:3000 or [::1]:3000");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port > LAST_PORT) {
            throw unlike(option, text, "a port from 0 to 65535; 0 takes a free one");
        }
        String inBrackets = matcher.group(1);
        String host = inBrackets != null ? inBrackets : matcher.group(2);
        if (host == null || host.isEmpty()) {
            return new HttpAddress(null, port);
        }
        return new HttpAddress(known(option, host, text), port);
    }

    private static String known(String option, String host, String text) {
        try {
            InetAddress.getByName(host);
            return host;
        } catch (UnknownHostException unknown) {
            throw unlike(
                    option,
                    text,
                    "a host name or address of this machine; leave the host out to listen on all");
        }
    }

    private static InvalidSettingException unlike(String option, String text, String expected) {
        return new InvalidSettingException(option, text, expected);
    }

    /** Returns this, or if it names no host, the same port of the loopback interface only. */
    public HttpAddress orLoopback() {
        return host == null
                ? new HttpAddress(InetAddress.getLoopbackAddress().getHostAddress(), port)
                : this;
    }

    /**
     * Returns the URL for a start line: {@code http://0.0.0.0:3000} when it listens on every
     * address.
     *
     * @param scheme {@code http} or {@code https}
     */
    public String url(String scheme, int actualPort) {
        return scheme + "://" + shownHost() + ":" + actualPort;
    }

    private String shownHost() {
        if (host == null) {
            return "0.0.0.0";
        }
        return host.contains(":") ? "[" + host + "]" : host;
    }

    @Override
    public String toString() {
        return (host == null ? "" : shownHost()) + ":" + port;
    }
}
