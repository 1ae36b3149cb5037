package dev.treadle.launcher.client;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.treadle.launcher.host.StartFailedException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** Asks one server over HTTP. */
final class StatsClient implements Server {
    /** A server that is frozen gives no answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int OK = 200;

    private final StatsAddress address;
    private final @Nullable String token;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();

    /**
     * @param token what to show; null: nothing
     */
    StatsClient(StatsAddress address, @Nullable String token) {
        this.address = address;
        this.token = token;
    }

    StatsAddress address() {
        return address;
    }

    @Override
    public String name() {
        return address.toString();
    }

    @Override
    public Map<String, Object> numbers() throws InterruptedException {
        return map(send(request(address.numbers()).GET()));
    }

    @Override
    public Map<String, Object> requests(boolean grouped) throws InterruptedException {
        return map(send(request(address.requests(grouped)).GET()));
    }

    @Override
    public Map<String, Object> reports() throws InterruptedException {
        return map(send(request(address.reports()).GET()));
    }

    /** Returns nothing: what is in the memory of a server is for its own user only. */
    @Override
    public Map<String, Object> threadLocals() {
        return Map.of();
    }

    @Override
    public String switchTo(String model, int n) throws InterruptedException {
        if (address.actuator()) {
            change(address.numbers(), "{\"model\":\"" + model + "\",\"limit\":" + n + "}");
            return model + " " + n;
        }
        return change(address.at("/-/switch?" + model + "=" + n), null);
    }

    /** Has nothing to close: idle connections end by themselves. */
    @Override
    public void close() {}

    /**
     * Asks for a change.
     *
     * @param json the body; null: none
     * @return what the server says
     * @throws StartFailedException if the server refuses it
     */
    String change(URI where, @Nullable String json) throws InterruptedException {
        HttpRequest.Builder request = request(where).header("Treadle-Control", "yes");
        return send(
                json == null
                        ? request.POST(HttpRequest.BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder request(URI where) {
        HttpRequest.Builder request = HttpRequest.newBuilder(where).timeout(PATIENCE);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private String send(HttpRequest.Builder builder) throws InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<String> answer;
        try {
            answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new StartFailedException(
                    address
                            + ": no answer (expected: a server that was started with --stats at this address,"
                            + " or an actuator with treadle exposed): "
                            + TerminalText.line(failed.toString()),
                    failed);
        }
        if (answer.statusCode() != OK) {
            throw new StartFailedException(
                    address
                            + ": "
                            + answer.statusCode()
                            + " for "
                            + request.uri().getPath()
                            + ": "
                            + TerminalText.line(answer.body()),
                    null);
        }
        return answer.body();
    }

    private Map<String, Object> map(String json) {
        try {
            return JSON.std.mapFrom(json);
        } catch (IOException other) {
            throw new StartFailedException(
                    address + ": no answer of Treadle: " + TerminalText.line(json), other);
        }
    }
}
