package dev.treadle.launcher.provision;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file of {@code --users}: lines {@code NAME: PASSWORD, ROLE, ROLE}, as those of Jetty's realm
 * files. A password is plain, or begins with the name of a scheme.
 */
final class UserFile {
    private static final String OPTION = "--users";
    private static final String EXPECTED =
            "a file that can be read, in UTF-8, with lines such as alice: SECRET, editor, reader";
    private static final String EXPECTED_LINE =
            "NAME: PASSWORD, ROLE, ROLE, such as alice: SECRET, editor, reader";
    private static final String PLAIN = "plain";

    /** In a plain password a colon has to be told from that of a scheme. */
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z0-9_.-]+):(.*)");

    private static final Pattern ROLE = Pattern.compile("[^\\s\\p{Cntrl}]+");

    private final LineFile file;
    private final Map<String, Users.User> users = new LinkedHashMap<>();

    private UserFile(LineFile file) {
        this.file = file;
        file.lines().forEach(this::add);
    }

    static Users read(String name) {
        UserFile read = new UserFile(LineFile.read(OPTION, name, EXPECTED));
        return new Users(read.users, read.file.warning());
    }

    private void add(LineFile.Line line) {
        int colon = line.text().indexOf(':');
        String name = colon < 0 ? "" : line.text().substring(0, colon).strip();
        if (name.isEmpty() || name.codePoints().anyMatch(Character::isISOControl)) {
            throw file.wrong(line, EXPECTED_LINE);
        }
        List<String> values =
                Arrays.stream(line.text().substring(colon + 1).split(",", -1))
                        .map(String::strip)
                        .toList();
        Users.User user =
                new Users.User(
                        password(line, values.get(0)),
                        roles(line, values.subList(1, values.size())));
        if (users.put(name, user) != null) {
            throw file.wrong(line, "each user once; one of this name is in a line before");
        }
    }

    private Set<String> roles(LineFile.Line line, List<String> words) {
        Set<String> roles = new LinkedHashSet<>();
        for (String word : words) {
            if (!ROLE.matcher(word).matches()) {
                throw file.wrong(
                        line,
                        EXPECTED_LINE
                                + "; a role has one character or more, and no space. A password with a"
                                + " comma has to be hashed, with: treadle hash-password");
            }
            roles.add(word);
        }
        return Set.copyOf(roles);
    }

    private Password password(LineFile.Line line, String text) {
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.matches()) {
            return plain(line, text);
        }
        return switch (scheme.group(1)) {
            case PLAIN -> plain(line, scheme.group(2));
            case Pbkdf2.SCHEME ->
                    Pbkdf2.parse(scheme.group(2))
                            .<Password>map(Password.Hashed::new)
                            .orElseThrow(() ->
                                    file.wrong(
                                            line,
                                            "pbkdf2:ITERATIONS:SALT:HASH as treadle hash-password"
                                                    + " prints it"));
            default ->
                    throw file.wrong(
                            line,
                            "a password that begins with pbkdf2: or plain:, or has no word and colon"
                                    + " before it; other hashes are not known. Write plain: before a"
                                    + " password that has a colon");
        };
    }

    private Password plain(LineFile.Line line, String text) {
        if (text.isEmpty()) {
            throw file.wrong(line, EXPECTED_LINE + "; there is no password");
        }
        return new Password.Plain(text);
    }
}
