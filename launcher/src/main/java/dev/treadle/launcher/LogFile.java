package dev.treadle.launcher;

import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that lines are appended to, or standard output. Each write goes to the end of the file as
 * it is then (O_APPEND), so a rotation may cut the file ({@code copytruncate}), or move it and have
 * it opened anew. Of one thread.
 */
final class LogFile implements AutoCloseable {
    private static final String EXPECTED =
            "a file that this user may write to, in a directory that exists, or - for standard output";

    private final @Nullable Path path;
    private OutputStream out;

    private LogFile(@Nullable Path path, OutputStream out) {
        this.path = path;
        this.out = out;
    }

    /**
     * Checks the name of a file, and leaves the file alone.
     *
     * @param option what to name in a message
     * @throws InvalidSettingException if no such file can be written
     */
    static void check(String option, String name) {
        if (!name.equals("-") && !isWritable(name)) {
            throw new InvalidSettingException(option, name, EXPECTED);
        }
    }

    private static boolean isWritable(String name) {
        if (name.isEmpty()) {
            return false;
        }
        try {
            Path file = Path.of(name).toAbsolutePath();
            Path directory = file.getParent();
            return Files.exists(file)
                    ? Files.isWritable(file) && !Files.isDirectory(file)
                    : directory != null
                            && Files.isDirectory(directory)
                            && Files.isWritable(directory);
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    /**
     * Opens a file, which is made if it is not there.
     *
     * @param option what to name in a message
     * @param name the file, or {@code -}: standard output
     * @throws InvalidSettingException if it cannot be opened
     */
    static LogFile open(String option, String name) {
        if (name.equals("-")) {
            return new LogFile(null, new FileOutputStream(FileDescriptor.out));
        }
        try {
            Path path = Path.of(name).toAbsolutePath();
            return new LogFile(path, appending(path));
        } catch (IOException | InvalidPathException refused) {
            throw new InvalidSettingException(option, name + " (" + refused + ")", EXPECTED);
        }
    }

    private static OutputStream appending(Path path) throws IOException {
        return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Appends bytes, and gives them to the operating system. */
    void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    /**
     * Opens the file of this name anew. If that fails, lines go on to the file that is open.
     *
     * @throws IOException if it cannot be opened
     */
    void reopen() throws IOException {
        if (path != null) {
            OutputStream former = out;
            out = appending(path);
            former.close();
        }
    }

    @Override
    public void close() throws IOException {
        if (path != null) {
            out.close();
        }
    }

    @Override
    public String toString() {
        return path == null ? "standard output" : path.toString();
    }
}
