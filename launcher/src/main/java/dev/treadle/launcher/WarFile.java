package dev.treadle.launcher;

import dev.treadle.launcher.host.Content;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Checks what {@code --war} and {@code --context} name before any container is started. */
final class WarFile {
    private static final Pattern CONTEXT_PATH =
            Pattern.compile("/|(/[A-Za-z0-9._~!$&'()*+,=:@-]+)+");

    private WarFile() {}

    /**
     * Checks the file and the path.
     *
     * @throws InvalidSettingException if there is no such WAR, it is not one, or the path cannot be
     *     a context path
     */
    static Content.War check(@Nullable String war, String contextPath) {
        if (war == null) {
            throw new InvalidSettingException(
                    "--war",
                    "missing",
                    "the WAR file to serve, as in: treadle --http :3000 --war app.war; see --help");
        }
        if (!CONTEXT_PATH.matcher(contextPath).matches() || contextPath.contains("/..")) {
            throw new InvalidSettingException(
                    "--context",
                    contextPath,
                    "/ or a path that begins with a slash and ends without one, such as /shop");
        }
        return new Content.War(existing(war), contextPath);
    }

    private static Path existing(String war) {
        Path file = path(war);
        if (Files.isDirectory(file)) {
            throw unlike(
                    war,
                    "a WAR file, not a directory; pack it with: jar --create --file app.war -C "
                            + war
                            + " .");
        }
        if (!Files.exists(file)) {
            throw unlike(war, "a file that exists; there is none of that name");
        }
        if (!Files.isReadable(file)) {
            throw unlike(war, "a file that this user may read");
        }
        return zip(war, file);
    }

    private static Path path(String war) {
        try {
            return Path.of(war).toAbsolutePath().normalize();
        } catch (InvalidPathException noPath) {
            throw unlike(war, "the path of a WAR file");
        }
    }

    private static Path zip(String war, Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() == 0) {
                throw unlike(war, "a WAR file with something in it; this archive has no entry");
            }
            return file;
        } catch (ZipException corrupt) {
            throw unlike(
                    war,
                    "a WAR file; this one is no zip archive or is cut off ("
                            + corrupt.getMessage()
                            + "); build or copy it again");
        } catch (IOException unreadable) {
            throw unlike(
                    war,
                    "a WAR file that can be read; reading it failed ("
                            + unreadable.getMessage()
                            + ")");
        }
    }

    private static InvalidSettingException unlike(String war, String expected) {
        return new InvalidSettingException("--war", war, expected);
    }
}
