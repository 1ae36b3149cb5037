package dev.treadle.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.WorkerModel;
import dev.treadle.settings.WorkerSettings;
import dev.treadle.spi.ServerWorkers;
import dev.treadle.tck.Client;
import dev.treadle.tck.EachModel;
import dev.treadle.tck.RawClient;

import java.util.concurrent.CountDownLatch;

/** Requests that the connector has failed already. */
class MalformedTest {
    @EachModel
    void getTheContainersAnswerAndTakeNoPlace(WorkerModel model) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        WorkerSettings settings = TestTomcat.settings(model, 1).queue(0).refuseStatus(429).build();
        try (TestTomcat server = new TestTomcat(settings)) {
            server.servlet("/hold", (request, response) -> held.await())
                    .servlet("/hello", (request, response) -> response.getWriter().print("hello"))
                    .start();
            try (RawClient holds = new RawClient(server.port());
                    RawClient client = new RawClient(server.port())) {
                holds.sendGet("/hold");
                server.until(
                        "inside", () -> ServerWorkers.of(server.workers()).gate().active() == 1);
                for (String path : new String[] {"/x%2fy", "/x%5cy", "/x%00y"}) {
                    try (RawClient malformed = new RawClient(server.port())) {
                        malformed.sendGet(path).sendGet("/hello");
                        Client.Answer answer = malformed.read();
                        assertThat(answer.status()).as(path).isEqualTo(400);
                        if (!"close".equals(answer.header("connection"))) {
                            assertThat(malformed.read().status()).isEqualTo(429);
                        }
                    }
                }
                assertThat(client.get("/hello").status()).isEqualTo(429);
                assertThat(server.workers().stats().gate().active()).isEqualTo(1);
                held.countDown();
                assertThat(holds.read().status()).isEqualTo(200);
            }
        }
    }
}
