package dev.treadle.bench.boot;

import dev.treadle.bench.server.Work;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.io.IOException;
import java.util.Map;

/** {@link Work} as a controller of Spring MVC. */
@RestController
final class WorkController {
    private final Work work = new Work();

    WorkController() {}

    @GetMapping("/{path}")
    ResponseEntity<byte[]> answer(
            @PathVariable String path, @RequestParam Map<String, String> parameters)
            throws IOException {
        byte[] body = work.answer("/" + path, parameters::get);
        return body == null
                ? ResponseEntity.notFound().build()
                : ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(body);
    }
}
