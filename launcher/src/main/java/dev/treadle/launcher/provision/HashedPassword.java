package dev.treadle.launcher.provision;

/** Makes the hash of a password for the file of users. */
public final class HashedPassword {
    private HashedPassword() {}

    /** Returns the text that stands for the password in the file; another one each time. */
    public static String of(String password) {
        return Pbkdf2.of(password, Pbkdf2.USUAL_ITERATIONS).line();
    }
}
