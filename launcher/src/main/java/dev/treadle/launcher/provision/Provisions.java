package dev.treadle.launcher.provision;

/**
 * The things that a web application is given besides its container.
 *
 * @param users those who can log in
 * @param jndi the entries below {@code java:comp/env}
 * @param parentFirst whether a class of the container comes before one of the same name in the WAR
 * @param migrate whether a WAR is converted from {@code javax.servlet} first
 */
public record Provisions(Users users, Jndi jndi, boolean parentFirst, boolean migrate) {
    /** Returns nothing: no user, no entry, and the classes of the WAR come first. */
    public static Provisions none() {
        return new Provisions(Users.none(), Jndi.none(), false, false);
    }
}
