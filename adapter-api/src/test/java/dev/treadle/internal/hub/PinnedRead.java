package dev.treadle.internal.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.net.Socket;

/** A read in the initialiser of a class, where no JDK can unmount a virtual thread. */
final class PinnedRead {
    /** Not private: the copy of the class is no member of this one. */
    static final ThreadLocal<Socket> SOCKET = new ThreadLocal<>();

    private PinnedRead() {}

    /** Reads one byte while the class of {@link Initializer} is made once more, and begins. */
    static int of(Socket socket) throws IOException, ReflectiveOperationException {
        SOCKET.set(socket);
        try (InputStream template =
                PinnedRead.class.getResourceAsStream("PinnedRead$Initializer.class")) {
            if (template == null) {
                throw new IOException("PinnedRead$Initializer.class is not there");
            }
            MethodHandles.Lookup fresh =
                    MethodHandles.lookup().defineHiddenClass(template.readAllBytes(), true);
            return (int) fresh.findStaticVarHandle(fresh.lookupClass(), "GOT", int.class).get();
        }
    }

    /** Reads from the socket of the thread that makes it begin. */
    static final class Initializer {
        static final int GOT = read();

        private Initializer() {}

        private static int read() {
            try {
                return SOCKET.get().getInputStream().read();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
