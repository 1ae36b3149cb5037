package dev.treadle.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** {@code treadle hash-password}. */
class HashPasswordTest {
    @TempDir Path directory = Path.of("");

    private TreadleProcess hash(String input) throws Exception {
        Path file = Files.writeString(directory.resolve("password"), input);
        return TreadleProcess.start(
                new ProcessBuilder(
                                Places.java().toString(),
                                "-jar",
                                Places.launcherJar().toString(),
                                "hash-password")
                        .redirectInput(file.toFile()),
                Map.of());
    }

    @Test
    void printsTheHashOfTheFirstLine() throws Exception {
        try (TreadleProcess process = hash("pâssword, with comma\n")) {
            assertThat(process.exitCode()).as(process.err()).isZero();
            String[] parts = process.out().split(":");
            assertThat(parts).startsWith("pbkdf2", "600000").hasSize(4);
            PBEKeySpec spec =
                    new PBEKeySpec(
                            "pâssword, with comma".toCharArray(),
                            Base64.getDecoder().decode(parts[2]),
                            600_000,
                            256);
            assertThat(Base64.getDecoder().decode(parts[3]))
                    .isEqualTo(
                            SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                                    .generateSecret(spec)
                                    .getEncoded());
        }
    }

    @Test
    void nothingIsAMistake() throws Exception {
        try (TreadleProcess process = hash("")) {
            assertThat(process.exitCode()).isEqualTo(2);
            assertThat(process.err()).startsWith("treadle: standard input: empty (expected:");
        }
    }
}
