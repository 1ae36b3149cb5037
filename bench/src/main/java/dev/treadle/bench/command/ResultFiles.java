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
    private final Path directory;

    /**
     * Makes the directory for the files.
     *
     * @param out what the user wrote; null: bench/results
     * @throws InvalidSettingException if it cannot be made
     */
    ResultFiles(@Nullable Path out) {
        Path wanted = out == null ? Path.of(System.getProperty("treadle.bench.results", ".")) : out;
        try {
            directory = Files.createDirectories(wanted.toAbsolutePath());
        } catch (IOException unusable) {
            throw new InvalidSettingException(
                    "--out",
                    wanted.toString(),
                    "a directory that can be written (" + unusable + ")");
        }
    }

    /** Writes the JSON and the pictures, and says where. */
    void write(Results results, List<Picture> pictures) throws IOException {
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
