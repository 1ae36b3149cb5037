package dev.treadle.launcher;

import dev.treadle.launcher.host.AddressRange;
import dev.treadle.launcher.host.BodyLimit;
import dev.treadle.launcher.host.HttpOptions;
import dev.treadle.launcher.host.Proxies;
import dev.treadle.launcher.host.RequestSink;
import dev.treadle.launcher.host.StaticFiles;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The options about requests and connections. Their values stay text until they are asked for. */
public final class HttpServerOptions {
    /** The loopback interface, private networks and link-local addresses. */
    private static final String PRIVATE =
            "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,fc00::/7,fe80::/10";

    private static final Pattern CONNECTIONS = Pattern.compile("[1-9]\\d{0,6}");

    @Option(
            names = "--max-post",
            order = 50,
            paramLabel = "SIZE|off",
            description =
                    "The largest body of a request, such as 500k or 20m; a larger one gets 413. off or 0:"
                            + " any. Default: that of the container.")
    private @Nullable String maxPost;

    @Option(
            names = "--max-connections",
            order = 49,
            paramLabel = "N",
            description =
                    "The most connections of an address at a time; further ones wait in the backlog."
                            + " Default: as many as N, the queue and the backlog need, or more.")
    private @Nullable String maxConnections;

    @Option(
            names = "--forwarded",
            order = 51,
            paramLabel = "x-forwarded|forwarded",
            arity = "0..1",
            fallbackValue = "x-forwarded",
            description =
                    "Believe proxies which client they speak for: by X-Forwarded-For, -Proto, -Host and"
                            + " -Port, or by Forwarded (RFC 7239). Default: off.")
    private @Nullable String forwarded;

    @Option(
            names = "--forwarded-from",
            order = 52,
            paramLabel = "CIDR",
            split = ",",
            description =
                    "The addresses of these proxies; may be repeated. Default: the loopback interface and"
                            + " private networks.")
    private @Nullable List<String> forwardedFrom;

    @Option(
            names = "--static",
            order = 53,
            paramLabel = "/PATH=DIR",
            split = ",",
            description = "Serve the files of a directory at that path. May be repeated.")
    private List<String> files = List.of();

    /** For picocli. */
    public HttpServerOptions() {}

    /**
     * Reads the values.
     *
     * @param sink is told of each request; null: nobody asks
     * @throws InvalidSettingException if one cannot be taken
     */
    HttpOptions read(@Nullable RequestSink sink) {
        return new HttpOptions(sink, bodyLimit(), proxies(), connections(), files());
    }

    private int connections() {
        if (maxConnections == null) {
            return 0;
        }
        if (!CONNECTIONS.matcher(maxConnections).matches()) {
            throw new InvalidSettingException(
                    "--max-connections", maxConnections, "a whole number from 1 to 9999999");
        }
        return Integer.parseInt(maxConnections);
    }

    /**
     * Checks that no directory is served at the path of an application, or above it: the containers
     * differ in which of the two they find first.
     *
     * @param contextPath that of the application
     * @throws InvalidSettingException if one is
     */
    void requireFree(String contextPath) {
        if (files().stream().anyMatch(each -> (contextPath + "/").startsWith(each.path() + "/"))) {
            throw new InvalidSettingException(
                    "--static",
                    String.join(",", files),
                    "other paths than " + contextPath + " and above it, where the application is");
        }
    }

    private List<StaticFiles> files() {
        List<StaticFiles> all = new ArrayList<>();
        for (String text : files) {
            StaticFiles next = StaticFiles.parse("--static", text);
            if (all.stream().anyMatch(other -> other.path().equals(next.path()))) {
                throw new InvalidSettingException(
                        "--static", String.join(",", files), "each path once");
            }
            all.add(next);
        }
        return all;
    }

    private @Nullable BodyLimit bodyLimit() {
        if (maxPost == null) {
            return null;
        }
        long bytes = ByteSize.parse("--max-post", maxPost);
        return new BodyLimit(bytes == 0 ? BodyLimit.UNLIMITED : bytes);
    }

    private @Nullable Proxies proxies() {
        if (forwarded == null) {
            if (forwardedFrom != null) {
                throw new InvalidSettingException(
                        "--forwarded-from",
                        String.join(",", forwardedFrom),
                        "only together with --forwarded, which it has an effect on");
            }
            return null;
        }
        for (Proxies.Headers headers : Proxies.Headers.values()) {
            if (headers.word().equals(forwarded)) {
                return new Proxies(headers, trusted());
            }
        }
        throw new InvalidSettingException("--forwarded", forwarded, "x-forwarded or forwarded");
    }

    private List<AddressRange> trusted() {
        List<AddressRange> ranges = new ArrayList<>();
        List<String> texts = forwardedFrom == null ? List.of(PRIVATE.split(",")) : forwardedFrom;
        for (String text : texts) {
            AddressRange range = AddressRange.parse(text.strip());
            if (range == null) {
                throw new InvalidSettingException(
                        "--forwarded-from",
                        String.join(",", texts),
                        "addresses or ranges such as 10.0.0.0/8 or fd00::/8, joined by commas");
            }
            ranges.add(range);
        }
        return ranges;
    }
}
