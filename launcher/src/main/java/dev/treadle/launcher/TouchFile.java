package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * The file of {@code --touch-reload}, whose time of modification asks for a reload. For one thread
 * at a time.
 */
final class TouchFile {
    private static final String EXPECTED =
            "a file that exists: a change of its modification time reloads the applications; make it"
                    + " with: touch FILE";

    private final Path file;
    private FileTime seen;

    private TouchFile(Path file, FileTime seen) {
        this.file = file;
        this.seen = seen;
    }

    /**
     * Checks the file, and takes note of its time.
     *
     * @throws InvalidSettingException if there is no such file, or it is a directory
     */
    static TouchFile of(String text) {
        FileTime time = null;
        Path file = null;
        try {
            file = Path.of(text).toAbsolutePath().normalize();
            time = Files.isDirectory(file) ? null : time(file);
        } catch (InvalidPathException noPath) {
            // told below, as a file that is not there
        }
        if (file == null || time == null) {
            throw new InvalidSettingException("--touch-reload", text, EXPECTED);
        }
        return new TouchFile(file, time);
    }

    /**
     * Returns whether its time has changed since the call before. A file that is not there has not
     * changed: an editor may be about to replace it.
     */
    boolean isTouched() {
        FileTime now = time(file);
        if (now == null || now.equals(seen)) {
            return false;
        }
        seen = now;
        return true;
    }

    private static @Nullable FileTime time(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException missing) {
            return null;
        }
    }
}
