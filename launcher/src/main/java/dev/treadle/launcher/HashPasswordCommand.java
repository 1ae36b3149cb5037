package dev.treadle.launcher;

import dev.treadle.launcher.host.UsageException;
import dev.treadle.launcher.provision.HashedPassword;

import picocli.CommandLine.Command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/** {@code treadle hash-password}: the hash of a password, for the file of {@code --users}. */
@Command(
        name = "hash-password",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the hash of a password for the file of --users.",
            "Reads one line from standard input. It can be seen if it is typed on a terminal."
        })
public final class HashPasswordCommand implements Callable<Integer> {
    /** For picocli. */
    public HashPasswordCommand() {}

    @Override
    public Integer call() throws IOException {
        String password =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .readLine();
        if (password == null || password.isEmpty()) {
            throw new UsageException(
                    "standard input: empty (expected: a line with the password, as in: treadle"
                            + " hash-password < FILE)");
        }
        System.out.println(HashedPassword.of(password));
        return 0;
    }
}
