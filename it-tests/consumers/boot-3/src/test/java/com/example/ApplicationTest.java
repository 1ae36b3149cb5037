package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ApplicationTest {
    @Test
    void aRequestRunsInAGreenlet(@Value("${local.server.port}") int port) throws Exception {
        URI uri = URI.create("http://localhost:" + port + "/thread");
        try (HttpClient client = HttpClient.newHttpClient()) {
            String thread =
                    client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body();
            assertThat(thread).startsWith("treadle-gevent-");
        }
    }
}
