package dev.treadle.launcher.provision;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The users who can log in to an application, with their roles. Immutable, and thread-safe. */
public final class Users {
    private static final Users NONE = new Users(Map.of(), Optional.empty());

    private final Map<String, User> byName;
    private final User nobody;
    private final Optional<String> warning;

    /** One user. */
    record User(Password password, Set<String> roles) {}

    Users(Map<String, User> byName, Optional<String> warning) {
        this.byName = Map.copyOf(byName);
        this.nobody = new User(slowestOf(byName), Set.of());
        this.warning = warning;
    }

    /** A login with an unknown name takes as long as one with a known name. */
    private static Password slowestOf(Map<String, User> byName) {
        return byName.values().stream()
                .map(User::password)
                .filter(Password.Hashed.class::isInstance)
                .map(Password.Hashed.class::cast)
                .map(Password.Hashed::iterations)
                .max(Integer::compare)
                .<Password>map(most -> new Password.Hashed(Pbkdf2.ofNothing(most)))
                .orElseGet(() -> new Password.Plain(new String(new char[32])));
    }

    /** Returns nobody. */
    public static Users none() {
        return NONE;
    }

    /**
     * Reads a file of users.
     *
     * @throws dev.treadle.settings.InvalidSettingException if it cannot be read, or a line is wrong
     */
    public static Users read(String file) {
        return UserFile.read(file);
    }

    /** Returns a warning for the person who starts the server. */
    public Optional<String> warning() {
        return warning;
    }

    /**
     * Logs a user in.
     *
     * @return the roles; nothing if there is no such user with this password
     */
    public Optional<Set<String>> login(String name, String password) {
        User user = byName.getOrDefault(name, nobody);
        boolean right = user.password().matches(password);
        return right && byName.containsKey(name) ? Optional.of(user.roles()) : Optional.empty();
    }

    /** Returns the password of a user for a login with DIGEST, if the file has it in plain. */
    public Optional<String> plainPassword(String name) {
        return Optional.ofNullable(byName.get(name)).flatMap(user -> user.password().text());
    }

    /** Returns the roles of a user; none if there is no such user. */
    public Set<String> roles(String name) {
        User user = byName.get(name);
        return user == null ? Set.of() : user.roles();
    }
}
