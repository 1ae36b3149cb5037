package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The proxies in front of this server, and what they say about the client of a request.
 *
 * <p>Only a connection that comes from a trusted address is believed. Each proxy appends the
 * address it was called from, so the list is read from its end: the client is the first address
 * from there that is no trusted proxy. The client may have made up the part before that. The other
 * headers are taken as the proxy has sent them, their last value; a value that is none is left out.
 *
 * @param headers which headers the proxies set; the other ones would come from clients
 * @param trusted the addresses of proxies
 */
public record Proxies(Headers headers, List<AddressRange> trusted) {
    /** The headers that proxies set. */
    public enum Headers {
        /** {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}. */
        X_FORWARDED,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED;

        /** Returns the name on the command line. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,5}))?");
    private static final Pattern PARAMETER =
            Pattern.compile(
                    "\\s*([A-Za-z]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;,\"]*))\\s*");

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int LAST_PORT = 65_535;

    /** Makes the list immutable. */
    public Proxies {
        trusted = List.copyOf(trusted);
    }

    /**
     * The client of a request, and the address that it has called.
     *
     * @param client its address
     * @param scheme {@code http} or {@code https}; null: no proxy has told
     * @param host name or address in brackets; null: no proxy has told
     * @param port of the host; 0: no proxy has told
     */
    public record Origin(
            InetAddress client, @Nullable String scheme, @Nullable String host, int port) {
        /** Whether the client has called with TLS; as it was if no proxy has told. */
        public boolean secure(boolean otherwise) {
            return scheme == null ? otherwise : scheme.equals("https");
        }

        /**
         * Returns the address that the client has called.
         *
         * @param present what the request says by itself
         */
        public Called called(Called present) {
            if (scheme == null && host == null && port == 0) {
                return present;
            }
            String calledScheme = scheme == null ? present.scheme() : scheme;
            int usual = calledScheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
            int calledPort = port > 0 ? port : host == null ? present.port() : 0;
            return new Called(
                    calledScheme,
                    host == null ? present.host() : host,
                    calledPort > 0 ? calledPort : usual);
        }
    }

    /**
     * An address that a client has called.
     *
     * @param scheme {@code http} or {@code https}
     * @param host name or address in brackets
     * @param port 0 or less: the header {@code Host} has none
     */
    public record Called(String scheme, String host, int port) {
        /** Whether it was called with TLS. */
        public boolean secure() {
            return scheme.equals("https");
        }

        /** Returns the header {@code Host}. */
        public String authority() {
            int usual = secure() ? HTTPS_PORT : HTTP_PORT;
            return port <= 0 || port == usual ? host : host + ":" + port;
        }

        /** Returns the port in the header {@code Host}; 0: it has none. */
        public static int portOf(@Nullable String hostHeader) {
            Matcher matcher = HOST.matcher(hostHeader == null ? "" : hostHeader);
            return matcher.matches() ? Proxies.port(matcher.group(2)) : 0;
        }
    }

    /**
     * Returns what the proxies say.
     *
     * @param peer the other end of the connection
     * @param values from the name of a header to its values, in the order they came
     * @return null: the peer is no trusted proxy, or says nothing
     */
    public @Nullable Origin origin(
            @Nullable InetAddress peer, Function<String, List<String>> values) {
        if (peer == null || !trusts(peer)) {
            return null;
        }
        return switch (headers) {
            case X_FORWARDED -> xForwarded(peer, values);
            case FORWARDED -> forwarded(peer, values);
        };
    }

    private boolean trusts(InetAddress address) {
        return trusted.stream().anyMatch(range -> range.contains(address));
    }

    private @Nullable Origin xForwarded(InetAddress peer, Function<String, List<String>> values) {
        List<String> hops = parts(values.apply("X-Forwarded-For"));
        Matcher host = HOST.matcher(last(values.apply("X-Forwarded-Host")));
        String scheme = scheme(last(values.apply("X-Forwarded-Proto")));
        int port = port(last(values.apply("X-Forwarded-Port")));
        boolean hasHost = host.matches();
        if (hops.isEmpty() && !hasHost && scheme == null && port == 0) {
            return null;
        }
        InetAddress client = peer;
        for (int i = hops.size() - 1; i >= 0 && trusts(client); i--) {
            InetAddress hop = node(hops.get(i));
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return new Origin(
                client,
                scheme,
                hasHost ? host.group(1) : null,
                port == 0 && hasHost ? port(host.group(2)) : port);
    }

    /** The element of the hop that has seen the client tells how the client has called. */
    private @Nullable Origin forwarded(InetAddress peer, Function<String, List<String>> values) {
        List<String> hops = elements(values.apply("Forwarded"));
        Origin origin = null;
        for (int i = hops.size() - 1; i >= 0; i--) {
            InetAddress before = origin == null ? peer : origin.client();
            if (!trusts(before)) {
                break;
            }
            Matcher host = HOST.matcher(parameter(hops.get(i), "host"));
            boolean hasHost = host.matches();
            InetAddress client = node(parameter(hops.get(i), "for"));
            origin =
                    new Origin(
                            client == null ? before : client,
                            scheme(parameter(hops.get(i), "proto")),
                            hasHost ? host.group(1) : null,
                            hasHost ? port(host.group(2)) : 0);
            if (client == null) {
                break;
            }
        }
        return origin;
    }

    private static List<String> parts(List<String> values) {
        return values.stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static String last(List<String> values) {
        List<String> parts = parts(values);
        return parts.isEmpty() ? "" : parts.getLast();
    }

    /** Splits at commas outside of quotes. */
    private static List<String> elements(List<String> values) {
        List<String> elements = new ArrayList<>();
        for (String value : values) {
            boolean quoted = false;
            int begin = 0;
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '\\' && quoted) {
                    i++;
                } else if (c == '"') {
                    quoted = !quoted;
                } else if (c == ',' && !quoted) {
                    elements.add(value.substring(begin, i));
                    begin = i + 1;
                }
            }
            elements.add(value.substring(begin));
        }
        return elements;
    }

    private static String parameter(String element, String name) {
        Matcher matcher = PARAMETER.matcher(element);
        int at = 0;
        while (at <= element.length() && matcher.find(at) && matcher.start() == at) {
            if (matcher.group(1).equalsIgnoreCase(name)) {
                String quoted = matcher.group(2);
                return quoted == null
                        ? matcher.group(3).strip()
                        : quoted.replaceAll("\\\\(.)", "$1");
            }
            at = matcher.end() + 1; // after the semicolon
        }
        return "";
    }

    /** An address, with or without a port: {@code 1.2.3.4:567}, {@code [2001:db8::1]:567}. */
    private static @Nullable InetAddress node(String text) {
        InetAddress whole = AddressRange.address(text);
        if (whole != null) {
            return whole;
        }
        boolean bracket = text.startsWith("[");
        int end = text.indexOf(bracket ? ']' : ':');
        return end < 0 ? null : AddressRange.address(text.substring(bracket ? 1 : 0, end));
    }

    private static @Nullable String scheme(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            default -> null;
        };
    }

    /** Returns 0 if it is no port. */
    private static int port(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 5) {
            return 0;
        }
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = Character.digit(text.charAt(i), 10);
            if (digit < 0 || text.charAt(i) > '9') {
                return 0;
            }
            port = port * 10 + digit;
        }
        return port <= LAST_PORT ? port : 0;
    }
}
