package dev.treadle.launcher;

import dev.treadle.launcher.host.TlsKeys;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Reads a certificate again when its files have changed. It waits until they stay as they are from
 * one look to the next, since certificate and key are seldom written at the same moment.
 */
final class CertificateWatch {
    private static final Logger LOG = System.getLogger("dev.treadle.launcher");
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final TlsKeys keys;

    // guarded by this
    private List<String> read;

    private CertificateWatch(TlsKeys keys) {
        this.keys = keys;
        this.read = state();
    }

    /** Starts the thread that looks. */
    static CertificateWatch start(TlsKeys keys) {
        CertificateWatch watch = new CertificateWatch(keys);
        Thread.ofPlatform().daemon().name("treadle-certificate").start(watch::run);
        return watch;
    }

    private void run() {
        List<String> before = List.of();
        try {
            while (true) {
                Thread.sleep(PERIOD);
                List<String> now = state();
                if (now.equals(before)) {
                    readIfOther(now);
                }
                before = now;
            }
        } catch (InterruptedException unasked) {
            LOG.log(Level.DEBUG, "nobody interrupts this thread", unasked);
        }
    }

    private synchronized void readIfOther(List<String> now) {
        if (!now.equals(read)) {
            readAgain();
        }
    }

    /** Reads both files, changed or not. A mistake in them changes nothing, and is told once. */
    synchronized void readAgain() {
        read = state();
        try {
            keys.readAgain();
            Console.say("new certificate: " + keys.identity().describe());
            keys.identity().warning(Instant.now()).ifPresent(Console::warn);
        } catch (InvalidSettingException mistake) {
            Console.warn(
                    mistake.getMessage()
                            + "; nothing is changed, it runs on with the certificate "
                            + keys.identity().describe());
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "--https: the certificate could not be read again", broken);
        }
    }

    private List<String> state() {
        return List.of(state(keys.certificateFile()), state(keys.keyFile()));
    }

    private static String state(String file) {
        try {
            BasicFileAttributes now =
                    Files.readAttributes(Path.of(file), BasicFileAttributes.class);
            @Nullable Object id = now.fileKey();
            return now.lastModifiedTime() + " " + now.size() + " " + id;
        } catch (IOException gone) {
            return "none";
        }
    }
}
