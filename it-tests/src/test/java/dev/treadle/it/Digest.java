package dev.treadle.it;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client's part of a login with DIGEST (RFC 7616), with {@code qop=auth}. */
record Digest(Map<String, String> offer) {
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|([^\\s,]+))");
    private static final String COUNT = "00000001";
    private static final String CLIENT_NONCE = "0123456789abcdef";

    static Digest offeredIn(HttpResponse<String> challenge) {
        for (String header : challenge.headers().allValues("WWW-Authenticate")) {
            Map<String, String> offer = new HashMap<>();
            Matcher matcher = PARAMETER.matcher(header);
            while (matcher.find()) {
                offer.put(
                        matcher.group(1),
                        matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
            }
            if (header.startsWith("Digest ")) {
                return new Digest(offer);
            }
        }
        throw new AssertionError("no digest in " + challenge.headers());
    }

    String realm() {
        return offer.getOrDefault("realm", "");
    }

    private String algorithm() {
        return offer.getOrDefault("algorithm", "MD5");
    }

    /** Returns the header of the request. */
    String answer(String user, String password, String path) {
        String nonce = offer.getOrDefault("nonce", "");
        String response =
                hash(
                        String.join(
                                ":",
                                hash(user + ":" + realm() + ":" + password),
                                nonce,
                                COUNT,
                                CLIENT_NONCE,
                                "auth",
                                hash("GET:" + path)));
        return "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", opaque=\"%s\", algorithm=%s, qop=auth, nc=%s, cnonce=\"%s\""
                .formatted(
                        user,
                        realm(),
                        nonce,
                        path,
                        response,
                        offer.getOrDefault("opaque", ""),
                        algorithm(),
                        COUNT,
                        CLIENT_NONCE);
    }

    private String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance(algorithm())
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
