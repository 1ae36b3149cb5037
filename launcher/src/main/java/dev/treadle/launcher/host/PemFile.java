package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a PEM file (RFC 7468). Text around them is ignored, as OpenSSL does.
 *
 * @param option the option of the command line that named the file, for messages
 * @param name the file as the user has written it, for messages
 */
record PemFile(String option, String name, List<Block> blocks) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** More than any chain of certificates needs: a wrong file is not read to its end. */
    private static final long LARGEST = 1L << 20;

    /**
     * One block.
     *
     * @param label such as {@code CERTIFICATE}
     * @param content the text between the two lines, in Base64 if it has no headers
     */
    record Block(String label, String content) {}

    /**
     * Reads a file.
     *
     * @param expected what the file should be, for messages
     * @throws InvalidSettingException if there is no such file or it cannot be read
     */
    static PemFile read(String option, String name, String expected) {
        String text = text(option, name, expected);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return new PemFile(option, name, List.copyOf(blocks));
    }

    private static String text(String option, String name, String expected) {
        try {
            Path file = Path.of(name);
            if (!Files.exists(file)) {
                throw unlike(option, name, expected + "; there is no file of that name");
            }
            if (!Files.isRegularFile(file)) {
                throw unlike(option, name, expected + "; this is not a file");
            }
            if (!Files.isReadable(file)) {
                throw unlike(option, name, expected + "; this user may not read the file");
            }
            if (Files.size(file) > LARGEST) {
                throw unlike(option, name, expected + "; this file is larger than 1 MiB");
            }
            // PEM is ASCII; any other byte is text around the blocks
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (InvalidPathException noPath) {
            throw unlike(option, name, expected + "; this is not the path of a file");
        } catch (IOException unreadable) {
            throw unlike(option, name, expected + "; reading it failed: " + unreadable);
        }
    }

    /**
     * Decodes a block.
     *
     * @throws InvalidSettingException if it is not Base64
     */
    byte[] decode(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.content().strip());
        } catch (IllegalArgumentException damaged) {
            throw unlike("a PEM file; its block " + block.label() + " is damaged, copy it again");
        }
    }

    /** Returns the exception that says what was expected of this file. */
    InvalidSettingException unlike(String expected) {
        return unlike(option, name, expected);
    }

    private static InvalidSettingException unlike(String option, String name, String expected) {
        return new InvalidSettingException(option, name, expected);
    }
}
