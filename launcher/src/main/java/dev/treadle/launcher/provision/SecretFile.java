package dev.treadle.launcher.provision;

import dev.treadle.settings.InvalidSettingException;

import java.util.Optional;
import java.util.regex.Pattern;

/** A file with one secret: on the command line every user of the machine could read it. */
public final class SecretFile {
    /** RFC 6750, 2.1; 16 characters are 64 bits if they are random hexadecimal digits. */
    private static final Pattern TOKEN = Pattern.compile("[\\w\\-.~+/]{16,200}=*");

    private static final String EXPECTED =
            "a file with one line: 16 to 200 letters, digits and -._~+/, as openssl rand -hex 32"
                    + " makes them";

    private final LineFile file;

    private SecretFile(LineFile file) {
        this.file = file;
    }

    /**
     * Reads one.
     *
     * @param option the option that names it
     * @param name as the user has written it
     * @throws InvalidSettingException if it cannot be read, or has no such line
     */
    public static SecretFile read(String option, String name) {
        LineFile file = LineFile.read(option, name, EXPECTED);
        if (file.lines().size() != 1) {
            throw new InvalidSettingException(
                    option, name + " (" + file.lines().size() + " lines)", EXPECTED);
        }
        if (!TOKEN.matcher(file.lines().getFirst().text()).matches()) {
            throw file.wrong(file.lines().getFirst(), EXPECTED);
        }
        return new SecretFile(file);
    }

    /** Returns the secret. */
    public String secret() {
        return file.lines().getFirst().text();
    }

    /** Returns a warning if each user of this machine can read the file. */
    public Optional<String> warning() {
        return file.warning();
    }
}
