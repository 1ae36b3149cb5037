package dev.treadle.bench.server;

import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

import java.io.IOException;

/**
 * The slow third party over HTTP with keep-alive, asked by the client that most applications use:
 * Apache's, with blocking calls. Its pool has a connection for each request; the default of five
 * for each route would be what is measured.
 */
final class HttpParty {
    private static final int CONNECTIONS = 20_000;

    private final CloseableHttpClient client =
            HttpClients.custom()
                    .setConnectionManager(
                            PoolingHttpClientConnectionManagerBuilder.create()
                                    .setMaxConnTotal(CONNECTIONS)
                                    .setMaxConnPerRoute(CONNECTIONS)
                                    .build())
                    .disableAutomaticRetries()
                    .disableCookieManagement()
                    .build();

    /** Asks the third party at {@code port} to answer after {@code millis}, and waits for it. */
    byte[] ask(int port, int millis) throws IOException {
        HttpGet question = new HttpGet("http://127.0.0.1:" + port + "/pay?ms=" + millis);
        return client.execute(
                question,
                response -> {
                    if (response.getCode() != 200) {
                        throw new IOException("the third party answered " + response.getCode());
                    }
                    return EntityUtils.toByteArray(response.getEntity());
                });
    }
}
