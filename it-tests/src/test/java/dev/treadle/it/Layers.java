package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An executable jar as layers of an image, and the directory of that image. */
final class Layers {
    private Layers() {}

    /** Runs {@code java -Djarmode=tools -jar JAR extract OPTIONS}. */
    static void extract(Path jar, Path directory, String... options) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Places.java().toString(),
                                "-Djarmode=tools",
                                "-jar",
                                jar.toString(),
                                "extract",
                                "--destination",
                                directory.resolve("layers").toString()));
        command.addAll(List.of(options));
        try (TreadleProcess process = TreadleProcess.start(new ProcessBuilder(command), Map.of())) {
            assertThat(process.exitCode()).as(process.err()).isZero();
        }
    }

    /** Copies each layer over the other, as the lines COPY of a Dockerfile do. */
    static Path merge(Path directory) throws IOException {
        Path image = directory.resolve("image");
        List<Path> layers;
        try (Stream<Path> files = Files.list(directory.resolve("layers"))) {
            layers = files.filter(Files::isDirectory).toList();
        }
        for (Path layer : layers) {
            try (Stream<Path> files = Files.walk(layer)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path target = image.resolve(layer.relativize(file));
                    Files.createDirectories(target.getParent());
                    Files.move(file, target);
                }
            }
        }
        return image;
    }
}
