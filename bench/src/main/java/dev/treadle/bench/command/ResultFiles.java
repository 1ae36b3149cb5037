package dev.treadle.bench.command;

import dev.treadle.bench.report.Json;
import dev.treadle.bench.report.Picture;
import dev.treadle.bench.report.Results;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Writes down what was measured. */
final class ResultFiles {
    private ResultFiles() {}

    /**
     * Makes the directory for the files.
     *
     * @param out what the user wrote; null: bench/results
     * @throws InvalidSettingException if it cannot be made
     */
    static Path directory(@Nullable String out) throws IOException {
        Path directory =
                Path.of(out == null ? System.getProperty("treadle.bench.results", ".") : out);
        try {
            return Files.createDirectories(directory.toAbsolutePath());
        } catch (IOException unusable) {
            throw new InvalidSettingException(
                    "--out",
                    directory.toString(),
                    "a directory that can be written (" + unusable + ")");
        }
    }

    /** Writes the JSON and the pictures, and says where. */
    static void write(Results results, List<Picture> pictures, Path directory) throws IOException {
        String name =
                results.name()
                        + "-"
                        + LocalDateTime.now(ZoneId.systemDefault())
                                .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        Path json = directory.resolve(name + ".json");
        Files.writeString(json, Json.of(results));
        StringBuilder written = new StringBuilder("Written: " + json);
        for (Picture picture : pictures) {
            String part = picture.part().isEmpty() ? "" : "-" + picture.part();
            Path svg = directory.resolve(name + part + ".svg");
            Files.writeString(svg, picture.svg());
            written.append(" and ").append(svg);
        }
        System.out.println();
        System.out.println(written);
    }
}
