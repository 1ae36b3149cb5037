package dev.treadle.bench.micronaut;

import dev.treadle.bench.server.Work;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

import java.io.IOException;

/**
 * {@link Work} as a controller of Micronaut that blocks: on a virtual thread, by its annotation.
 */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class WorkController {
    private final Work work = new Work();

    @Get(uri = "/{path}", produces = MediaType.TEXT_PLAIN)
    HttpResponse<byte[]> answer(@PathVariable String path, HttpRequest<?> request)
            throws IOException {
        byte[] body = work.answer("/" + path, name -> request.getParameters().get(name));
        return body == null ? HttpResponse.notFound() : HttpResponse.ok(body);
    }
}
