package dev.treadle.launcher;

import dev.treadle.launcher.host.ApplicationFailedException;
import dev.treadle.launcher.host.ListenFailedException;
import dev.treadle.launcher.host.Listener;
import dev.treadle.launcher.host.ReasonInLogException;
import dev.treadle.launcher.host.StartFailedException;

import org.jspecify.annotations.Nullable;

import java.net.BindException;
import java.net.SocketException;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/** Puts a container's failure to start into one message: what happened, and what to do. */
final class StartFailures {
    private static final Formatter MESSAGES = new SimpleFormatter();

    private StartFailures() {}

    /**
     * @param firstError the first error that was logged meanwhile
     * @param migrated whether the application was converted from {@code javax.servlet}
     * @param advice the user's next step, at the end of the message
     */
    static StartFailedException explain(
            Throwable failure, Optional<LogRecord> firstError, boolean migrated, String advice) {
        Optional<StartFailedException> explained =
                explained(failure)
                        .or(() -> firstError.flatMap(record -> explained(record.getThrown())));
        if (explained.isPresent()) {
            return explained.get();
        }
        return switch (failure) {
            case ListenFailedException refused ->
                    new StartFailedException(addressMessage(refused.listener(), refused), refused);
            case ApplicationFailedException failed ->
                    application(failed, firstError, migrated, advice);
            default ->
                    new StartFailedException(
                            "server: the container did not start: " + oneLine(root(failure)),
                            failure);
        };
    }

    private static StartFailedException application(
            ApplicationFailedException failed,
            Optional<LogRecord> firstError,
            boolean migrated,
            String advice) {
        if (failed.getCause() instanceof ReasonInLogException && firstError.isPresent()) {
            LogRecord record = firstError.get();
            Throwable root = root(record.getThrown());
            return new StartFailedException(
                    message(
                            failed,
                            root + " (" + MESSAGES.formatMessage(record) + ")",
                            migrated,
                            advice),
                    record.getThrown());
        }
        return new StartFailedException(message(failed, reason(failed), migrated, advice), failed);
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

    private static String message(
            ApplicationFailedException failed, String reason, boolean migrated, String advice) {
        String shown = oneLine(reason);
        return "--war: "
                + failed.war().file()
                + " (expected: a web application that starts): its start-up failed: "
                + shown
                + MissingClass.advice(shown, migrated)
                + ". "
                + advice;
    }

    private static String oneLine(Object reason) {
        return String.valueOf(reason).replaceAll("\\s*\\R\\s*", " ").strip();
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

    /**
     * Returns the first cause, and what was being done when it came, if a container says so: Jetty
     * names a class that cannot be read only there.
     */
    private static String reason(ApplicationFailedException failed) {
        Throwable root = root(failed);
        String told = root.getMessage() == null ? root.toString() : root.getMessage();
        String context = "";
        for (Throwable each = failed.getCause();
                each != null && !each.equals(root);
                each = each.getCause()) {
            String message = each.getMessage();
            if (message != null && !message.contains(told)) {
                context = " (" + message + ")";
            }
        }
        return root + context;
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : root(cause);
    }
}
