package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** A browser's part in a smoke test: it keeps cookies and follows redirects. */
final class Visitor implements AutoCloseable {

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .cookieHandler(new CookieManager())
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();

    private final URI root;

    Visitor(URI root) {
        this.root = root;
    }

    /** Expects a page with status 200 and a text in it. */
    void sees(String path, String text) throws Exception {
        expect(path, text, client.send(request(path).build(), BodyHandlers.ofString()));
    }

    /** Expects a page that needs a login with BASIC. */
    void seesAs(String user, String password, String path, String text) throws Exception {
        String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
        HttpRequest request = request(path).header("Authorization", "Basic " + pair).build();
        expect(path, text, client.send(request, BodyHandlers.ofString()));
    }

    /** Sends a form, and expects a page. */
    void submits(String path, Map<String, String> form, String text) throws Exception {
        String body =
                form.entrySet().stream()
                        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                        .collect(Collectors.joining("&"));
        posts(path, "application/x-www-form-urlencoded", body, text);
    }

    /** Sends a body, and expects a page. */
    void posts(String path, String type, String body, String text) throws Exception {
        HttpRequest request =
                request(path)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        expect(path, text, client.send(request, BodyHandlers.ofString()));
    }

    /** Sends a file as browsers do. */
    void uploads(String path, String field, String file, String content, String text)
            throws Exception {
        String border = "border-of-the-parts";
        posts(
                path,
                "multipart/form-data; boundary=" + border,
                "--"
                        + border
                        + "\r\nContent-Disposition: form-data; name=\""
                        + field
                        + "\"; filename=\""
                        + file
                        + "\"\r\nContent-Type: text/turtle\r\n\r\n"
                        + content
                        + "\r\n--"
                        + border
                        + "--\r\n",
                text);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(root.resolve(path)).timeout(PATIENCE);
    }

    private static void expect(String path, String text, HttpResponse<String> answer)
            throws IOException {
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(path + ": status " + answer.statusCode() + " (expected: 200)");
        }
        if (!answer.body().contains(text)) {
            throw new IOException(path + ": a page without \"" + text + "\"");
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
