package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** An executable jar unpacked: as it is started in production, or as layers of an image. */
final class Layers {
    private Layers() {}

    /**
     * Returns the jar of the application beside its libraries, as Boot's documentation advises for
     * production: such a start takes a third less CPU than one of the executable jar. The JVMs of
     * all test classes share one copy. An archive of its classes (JEP 350) would save another
     * third, and costs as much as it saves in the five starts that each copy has.
     */
    static Path unpacked(BootLine line) throws Exception {
        Path jar = Places.bootApp(line.line(), line.container());
        Path copy =
                jar.resolveSibling(
                        "unpacked-" + line.container() + "-" + Long.toHexString(checksum(jar)));
        // closing the channel ends the lock, which other JVMs wait for
        try (FileChannel channel =
                FileChannel.open(
                        jar.resolveSibling("unpacked.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            channel.lock();
            if (Files.notExists(copy)) {
                Path part = copy.resolveSibling(copy.getFileName() + ".part");
                extract(jar, part, "--force");
                Files.move(part, copy);
            }
            return copy.resolve(jar.getFileName());
        }
    }

    /** A reproducible build gives each jar the same time. */
    private static long checksum(Path jar) throws IOException {
        CRC32 checksum = new CRC32();
        try (FileChannel channel = FileChannel.open(jar)) {
            checksum.update(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        }
        return checksum.getValue();
    }

    /**
     * Runs {@code java -Djarmode=tools -jar JAR extract --destination DIRECTORY/layers OPTIONS}.
     */
    static void layers(Path jar, Path directory, String... options) throws Exception {
        extract(jar, directory.resolve("layers"), options);
    }

    private static void extract(Path jar, Path destination, String... options) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Places.java().toString(),
                                "-Djarmode=tools",
                                "-jar",
                                jar.toString(),
                                "extract",
                                "--destination",
                                destination.toString()));
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
