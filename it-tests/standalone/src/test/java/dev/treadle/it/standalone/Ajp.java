package dev.treadle.it.standalone;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** As much of AJP 1.3 as a web server says for one GET. */
final class Ajp {
    private static final int TO_CONTAINER = 0x1234;
    private static final int FORWARD_REQUEST = 2;
    private static final int GET = 2;
    private static final int END_OF_ATTRIBUTES = 0xff;
    private static final int TIMEOUT_MILLIS = 60_000;

    private Ajp() {}

    /**
     * Returns the answer with the marks of its packets.
     *
     * @param host the last number of an address of the loopback network
     */
    static String get(int host, int port, String path) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream request = new DataOutputStream(body);
        request.writeByte(FORWARD_REQUEST);
        request.writeByte(GET);
        for (String text : new String[] {"HTTP/1.1", path, "127.0.0.1", "client", "server"}) {
            write(request, text);
        }
        request.writeShort(port);
        request.writeBoolean(false); // no TLS
        request.writeShort(0); // no headers
        request.writeByte(END_OF_ATTRIBUTES);
        try (Socket socket = new Socket("127.0.0." + host, port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(TO_CONTAINER);
            out.writeShort(body.size());
            body.writeTo(out);
            return readUntil(socket.getInputStream(), "done");
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        out.writeShort(text.length());
        out.writeBytes(text);
        out.writeByte(0);
    }

    private static String readUntil(InputStream from, String text) throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] bytes = new byte[1024];
        while (answer.indexOf(text) < 0) {
            int n = from.read(bytes);
            if (n < 0) {
                break;
            }
            answer.append(new String(bytes, 0, n, StandardCharsets.ISO_8859_1));
        }
        return answer.toString();
    }
}
