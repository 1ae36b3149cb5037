package dev.treadle.launcher;

import dev.treadle.launcher.host.HttpAddress;
import dev.treadle.launcher.provision.SecretFile;
import dev.treadle.launcher.stats.StatsPlan;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Optional;

/** The options about the address that tells what the workers do. */
public final class StatsOptions {
    private static final String TOKEN_OPTION = "--stats-token";
    private static final String CONTROL_OPTION = "--stats-control";

    @Option(
            names = "--stats",
            order = 8,
            paramLabel = "[HOST]:PORT",
            description =
                    "Tell there what the workers do (/) and whether to send requests (/-/ready). Without"
                            + " HOST: on the loopback interface only. Other machines see /-/ready alone.")
    private @Nullable String stats;

    @Option(
            names = TOKEN_OPTION,
            order = 8,
            paramLabel = "FILE",
            description =
                    "Tell it to other machines too, if they show the token in this file: Authorization:"
                            + " Bearer TOKEN.")
    private @Nullable String token;

    @Option(
            names = CONTROL_OPTION,
            order = 8,
            description =
                    "Let clients there change the workers: model, N and other settings, drain.")
    private boolean control;

    /** For picocli. */
    public StatsOptions() {}

    /**
     * Reads the values.
     *
     * @return null: no such address
     * @throws InvalidSettingException if one cannot be taken
     */
    @Nullable StatsPlan plan() {
        if (stats == null) {
            requireNone();
            return null;
        }
        SecretFile secret = secret();
        return StatsPlan.of(
                HttpAddress.parse("--stats", stats).orLoopback(),
                secret == null ? null : secret.secret(),
                control);
    }

    private void requireNone() {
        if (token != null) {
            throw withoutStats(TOKEN_OPTION, token);
        }
        if (control) {
            throw withoutStats(CONTROL_OPTION, "true");
        }
    }

    private static InvalidSettingException withoutStats(String option, String value) {
        return new InvalidSettingException(
                option, value, "only together with --stats, which it has an effect on");
    }

    private @Nullable SecretFile secret() {
        return token == null ? null : SecretFile.read(TOKEN_OPTION, token);
    }

    /** Returns a warning if others can read the token. */
    Optional<String> warning() {
        SecretFile secret = secret();
        return secret == null ? Optional.empty() : secret.warning();
    }
}
