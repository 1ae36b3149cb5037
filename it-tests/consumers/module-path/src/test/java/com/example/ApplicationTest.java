package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.treadle.Workers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class ApplicationTest {
    @Test
    void aRequestRunsInAGreenlet(@TempDir Path directory) throws Exception {
        try (Application application = new Application(directory)) {
            String thread = get("http://localhost:" + application.port() + "/thread");
            assertTrue(thread.startsWith("treadle-gevent-"), thread);
        }
    }

    @Test
    void treadleIsOnTheModulePath() {
        assertEquals(true, Workers.class.getModule().isNamed());
    }

    private static String get(String uri) throws IOException {
        try (var body = URI.create(uri).toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
