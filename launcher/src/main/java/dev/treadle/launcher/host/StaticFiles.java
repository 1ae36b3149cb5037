package dev.treadle.launcher.host;

import dev.treadle.settings.InvalidSettingException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A directory whose files the container serves beside the applications. No listing, and no link is
 * followed.
 *
 * @param path a context path that begins with a slash and ends without one
 * @param directory its real path, free of links
 */
public record StaticFiles(String path, Path directory) {
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~!$&'()*+:@-]+)+");

    /** The file that is served for a directory. */
    public static final String INDEX = "index.html";

    /**
     * Reads {@code /path=DIR}.
     *
     * @param option what to name in a message
     * @throws InvalidSettingException if it has another form, or there is no such directory
     */
    public static StaticFiles parse(String option, String text) {
        int equal = text.indexOf('=');
        String path = equal < 0 ? text : text.substring(0, equal);
        if (equal < 0 || !PATH.matcher(path).matches() || path.contains("/.")) {
            throw new InvalidSettingException(
                    option,
                    text,
                    "/PATH=DIR, such as /static=/srv/files; the path ends without a slash");
        }
        try {
            Path directory = Path.of(text.substring(equal + 1)).toRealPath();
            if (Files.isDirectory(directory) && Files.isReadable(directory)) {
                return new StaticFiles(path, directory);
            }
        } catch (IOException | InvalidPathException none) {
            throw noDirectory(option, text);
        }
        throw noDirectory(option, text);
    }

    private static InvalidSettingException noDirectory(String option, String text) {
        return new InvalidSettingException(
                option, text, "/PATH=DIR with a directory that this user may read");
    }
}
