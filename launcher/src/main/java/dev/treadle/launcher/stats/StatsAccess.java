package dev.treadle.launcher.stats;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Which client of the stats server may see and change what.
 *
 * <ul>
 *   <li>{@code /-/ready} answers everybody, for probes have no token.
 *   <li>A client on this machine may read without a token. Its {@code Host} must be a loopback
 *       address or {@code localhost}: otherwise a page in a browser of this machine could read by a
 *       name that it lets point here (DNS rebinding). It must have no field of a proxy, which would
 *       speak for a client of another machine.
 *   <li>Any other client needs the token.
 *   <li>Changes are allowed by {@code --stats-control} only. They need the token if there is one;
 *       otherwise they must come from this machine and have the field {@code Treadle-Control},
 *       which a form of another site cannot send.
 * </ul>
 *
 * @param token null: there is none, so other machines see nothing
 * @param control whether changes are allowed
 */
public record StatsAccess(@Nullable StatsToken token, boolean control) {
    /** The path that everybody may read. */
    static final String READY = "/-/ready";

    private static final String CONTROL_FIELD = "treadle-control";
    private static final Pattern LOCAL_HOST =
            Pattern.compile("(?i:localhost|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d+)?");

    /** A proxy on this machine speaks for clients of others. */
    private static final List<String> OF_PROXIES =
            List.of("forwarded", "x-forwarded-for", "x-real-ip", "via");

    /** Returns why the request is refused; null if it is not. */
    @Nullable ProbeAnswer refusal(ProbeRequest request) {
        if (request.path().equals(READY)) {
            return null;
        }
        String authorization = request.field("authorization");
        if (authorization != null) {
            if (token == null || !token.isShownBy(authorization)) {
                return unauthorized("Authorization: not the token of --stats-token\n");
            }
            return isChange(request) ? refusalOfChange() : null;
        }
        if (!request.client().isLoopbackAddress() || isForwarded(request)) {
            return token == null
                    ? ProbeAnswer.text(
                            "403 Forbidden",
                            "other machines see only /-/ready; for more start the server with"
                                    + " --stats-token FILE\n")
                    : needsToken();
        }
        String host = request.field("host");
        if (host != null && !LOCAL_HOST.matcher(host).matches()) {
            return ProbeAnswer.text(
                    "403 Forbidden",
                    "Host: not this machine (expected: localhost or 127.0.0.1, or a request with the"
                            + " token of --stats-token)\n");
        }
        return isChange(request) ? refusalOfLocalChange(request) : null;
    }

    private static boolean isForwarded(ProbeRequest request) {
        return OF_PROXIES.stream().anyMatch(field -> request.field(field) != null);
    }

    private static boolean isChange(ProbeRequest request) {
        return request.isChange() && StatsChanges.PATHS.contains(request.path());
    }

    private @Nullable ProbeAnswer refusalOfLocalChange(ProbeRequest request) {
        ProbeAnswer refusal = refusalOfChange();
        if (refusal != null) {
            return refusal;
        }
        if (token != null) {
            return needsToken();
        }
        return request.field(CONTROL_FIELD) != null
                ? null
                : ProbeAnswer.text(
                        "403 Forbidden",
                        "Treadle-Control: missing (expected: this field with any value, which a page of"
                                + " another site cannot send)\n");
    }

    private @Nullable ProbeAnswer refusalOfChange() {
        return control
                ? null
                : ProbeAnswer.text(
                        "403 Forbidden",
                        "changes are off; start the server with --stats-control to allow them\n");
    }

    private static ProbeAnswer needsToken() {
        return unauthorized("Authorization: missing (expected: Bearer and the token)\n");
    }

    private static ProbeAnswer unauthorized(String why) {
        return ProbeAnswer.text("401 Unauthorized", why).with("WWW-Authenticate: Bearer");
    }
}
