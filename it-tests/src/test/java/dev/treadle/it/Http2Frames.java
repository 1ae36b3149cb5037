package dev.treadle.it;

import static dev.treadle.it.Patience.PATIENCE;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;

/**
 * One request of HTTP/2 with prior knowledge (RFC 9113, 3.3), byte by byte: the client of the JDK
 * begins with an upgrade only.
 */
final class Http2Frames {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private Http2Frames() {}

    /** Returns the body of the answer. */
    static String get(URI root, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), root.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
            frame(out, SETTINGS, 0, 0, new byte[0]);
            frame(out, HEADERS, END_STREAM | END_HEADERS, 1, fields(root, path));
            out.flush();
            return body(new DataInputStream(socket.getInputStream()), out);
        }
    }

    /** In HPACK (RFC 7541): two entries of the static table, and two literals with its names. */
    private static byte[] fields(URI root, String path) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.write(0x82); // :method GET
        fields.write(0x86); // :scheme http
        literal(fields, 4, path);
        literal(fields, 1, root.getAuthority());
        return fields.toByteArray();
    }

    private static void literal(ByteArrayOutputStream out, int name, String value)
            throws IOException {
        out.write(name);
        out.write(value.length());
        out.write(value.getBytes(US_ASCII));
    }

    private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
            throws IOException {
        out.writeByte(0);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    private static String body(DataInputStream in, DataOutputStream out) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == SETTINGS && flags != ACK) {
                frame(out, SETTINGS, ACK, 0, new byte[0]);
                out.flush();
            } else if (type == GOAWAY) {
                throw new IOException("GOAWAY: " + new String(payload, US_ASCII));
            } else if (type == DATA) {
                body.write(payload);
            }
            if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                return body.toString(US_ASCII);
            }
        }
    }
}
