package dev.treadle.launcher.provision;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of lines, in UTF-8. A line that is empty or begins with {@code #} is left out. Messages
 * have the number of a line and never its text, for that may be a password.
 *
 * @param option the option of the command line that named the file
 * @param path the file
 */
record LineFile(String option, Path path, List<Line> lines) {
    /** More than any such file needs: a wrong file is not read to its end. */
    private static final long LARGEST = 1L << 20;

    /**
     * One line.
     *
     * @param number from 1
     * @param text without spaces around it, not empty
     */
    record Line(int number, String text) {}

    /**
     * Reads a file.
     *
     * @param name as the user has written it
     * @param expected a description of the file, for messages
     * @throws InvalidSettingException if it cannot be read
     */
    static LineFile read(String option, String name, String expected) {
        try {
            Path file = Path.of(name).toAbsolutePath().normalize();
            if (!Files.isRegularFile(file)) {
                throw unlike(option, name, expected + "; there is no file of that name");
            }
            if (!Files.isReadable(file)) {
                throw unlike(option, name, expected + "; this user may not read the file");
            }
            if (Files.size(file) > LARGEST) {
                throw unlike(option, name, expected + "; this file is larger than 1 MiB");
            }
            return new LineFile(option, file, lines(Files.readAllLines(file)));
        } catch (InvalidPathException noPath) {
            throw unlike(option, name, expected + "; this is not the path of a file");
        } catch (CharacterCodingException otherEncoding) {
            throw unlike(option, name, expected + "; this file is not in UTF-8");
        } catch (IOException unreadable) {
            throw unlike(option, name, expected + "; reading it failed: " + unreadable);
        }
    }

    private static List<Line> lines(List<String> all) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String text = all.get(i).strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                lines.add(new Line(i + 1, text));
            }
        }
        return List.copyOf(lines);
    }

    /** Returns the exception that says what was expected of a line. */
    InvalidSettingException wrong(Line line, String expected) {
        return unlike(option, path + ", line " + line.number(), expected);
    }

    private static InvalidSettingException unlike(String option, String value, String expected) {
        return new InvalidSettingException(option, value, expected);
    }

    /** Returns a warning if each user of this machine can read the file. */
    Optional<String> warning() {
        try {
            if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
                return Optional.empty();
            }
        } catch (IOException | UnsupportedOperationException unknown) {
            // a warning is all that hangs on it
            return Optional.empty();
        }
        return Optional.of(
                option
                        + ": "
                        + path
                        + " (expected: a file that others cannot read, for it has passwords): each user"
                        + " of this machine can read it; run: chmod o-r "
                        + path);
    }
}
