package dev.treadle.launcher.provision;

/**
 * The things that a web application is given besides its container.
 *
 * @param users those who can log in
 * @param parentFirst whether a class of the container comes before one of the same name in the WAR
 */
public record Provisions(Users users, boolean parentFirst) {
    /** Returns nothing: no user, and the classes of the WAR come first. */
    public static Provisions none() {
        return new Provisions(Users.none(), false);
    }
}
