package dev.treadle.launcher;

import dev.treadle.launcher.host.Content;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.ReasonInLogException;
import dev.treadle.launcher.host.Site;
import dev.treadle.launcher.host.StartFailedException;

import org.jspecify.annotations.Nullable;

import java.net.BindException;
import java.net.SocketException;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/** Puts a container's failure to start into one message: what happened, and what to do. */
final class StartFailures {
    private static final Formatter MESSAGES = new SimpleFormatter();

    /** A class of Servlet 4 or older that the application needs. */
    private static final Pattern OLD_NAMESPACE =
            Pattern.compile(
                    "(NoClassDefFoundError|ClassNotFoundException): javax[./]servlet[./]"
                            + "|no classes of javax\\.servlet");

    private static final String MIGRATE =
            "; the application is made for javax.servlet, which is jakarta.servlet since Servlet 5.0:"
                    + " add --migrate, which converts it";

    private StartFailures() {}

    static StartFailedException explain(
            Site site, Throwable failure, Optional<LogRecord> firstError) {
        Optional<StartFailedException> explained =
                explained(failure)
                        .or(() -> firstError.flatMap(record -> explained(record.getThrown())));
        if (explained.isPresent()) {
            return explained.get();
        }
        if (failure instanceof ListenFailedException listening) {
            return new StartFailedException(addressMessage(listening.listener(), failure), failure);
        }
        if (failure instanceof ReasonInLogException && firstError.isPresent()) {
            LogRecord record = firstError.get();
            Throwable root = root(record.getThrown());
            return new StartFailedException(
                    message(site, root + " (" + MESSAGES.formatMessage(record) + ")"),
                    record.getThrown());
        }
        return new StartFailedException(message(site, root(failure).toString()), failure);
    }

    /** A container may have wrapped it. */
    private static Optional<StartFailedException> explained(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartFailedException explained) {
                return Optional.of(explained);
            }
        }
        return Optional.empty();
    }

    private static String message(Site site, String reason) {
        String shown = reason.replaceAll("\\s*\\R\\s*", " ").strip();
        return switch (site.content()) {
            case Content.War war ->
                    "--war: "
                            + war.file()
                            + " (expected: a web application that starts): its start-up failed: "
                            + shown
                            + (isOld(shown) && !site.provisions().migrate() ? MIGRATE : "")
                            + ". Mend it and start again";
            case Content.Sleep sleep -> "server: the container did not start: " + shown;
        };
    }

    private static boolean isOld(String reason) {
        return OLD_NAMESPACE.matcher(reason).find();
    }

    private static String addressMessage(Listener listener, Throwable failure) {
        SocketException socket = socketFailure(failure);
        String option = listener.option() + ": " + listener.address();
        if (socket == null) {
            return option + " (expected: an address to listen on): " + root(failure);
        }
        int port = listener.address().port();
        String reason = String.valueOf(socket.getMessage());
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("in use")) {
            return option
                    + " (expected: a free port): port "
                    + port
                    + " is in use; stop the server that has it, or choose another port; port 0 takes"
                    + " a free one";
        }
        if (lower.contains("permission")) {
            return option
                    + " (expected: a port this user may listen on): the system refused port "
                    + port
                    + "; choose one above 1023, or give the process the right to it";
        }
        return option + " (expected: an address of this machine): the system refused it: " + reason;
    }

    private static @Nullable SocketException socketFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean permission =
                    cause instanceof SocketException
                            && String.valueOf(cause.getMessage()).contains("Permission denied");
            if (cause instanceof BindException || permission) {
                return (SocketException) cause;
            }
        }
        return null;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : root(cause);
    }
}
