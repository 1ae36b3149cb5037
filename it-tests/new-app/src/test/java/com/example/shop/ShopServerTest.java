package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.web.client.RestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ShopServerTest {
    @Value("${local.server.port}")
    private int port;

    @Test
    void runsRequestsOnGreenlets() {
        RestClient client = RestClient.create("http://localhost:" + port);
        assertThat(client.get().uri("/checkout?ms=1").retrieve().body(String.class))
                .startsWith("treadle-gevent-");
    }
}
