package dev.treadle.internal.hub;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bytes of a subclass of {@code sun.nio.ch.Poller}, whose abstract methods are package-private:
 * only a class of the JDK's own package can implement them. It hands everything to an {@code
 * IntBinaryOperator}, an interface that the JDK and we both know:
 *
 * <pre>{@code
 * final class TreadlePoller extends Poller {
 *     private final IntBinaryOperator route;
 *     public TreadlePoller(IntBinaryOperator route) { super(); this.route = route; }
 *     public void implRegister(int fd) { route.applyAsInt(0, fd); }
 *     public void implDeregister(int fd, boolean polled) { route.applyAsInt(1 + polled, fd); }
 *     public void implStartPoll(int fd) { ... }                  // the same since JDK 27
 *     public void implStopPoll(int fd, boolean polled) { ... }
 *     public int poll(int timeout) { return 0; }                 // no thread polls it
 *     public void close() {}
 * }
 * }</pre>
 *
 * <p>The JDK's own writer of classes is public from JDK 24 on (JEP 484), and this code is compiled
 * for 21. The methods have no branch, so they need no stack map (JVMS 4.10.1). The class is written
 * by hand for that reason: it needs no library.
 */
final class PollerClass {
    /** What the operator is told: a thread begins to wait. */
    static final int REGISTER = 0;

    /** A thread waits no longer, and the JDK has not seen that its socket is ready. */
    static final int DEREGISTER = 1;

    /** The name of the class. */
    static final String NAME = "sun.nio.ch.TreadlePoller";

    private static final String SUPER = "sun/nio/ch/Poller";
    private static final String INTERNAL_NAME = "sun/nio/ch/TreadlePoller";
    private static final String OPERATOR = "java/util/function/IntBinaryOperator";
    private static final String OPERATOR_TYPE = "L" + OPERATOR + ";";

    private static final int MAGIC = 0xCAFEBABE;
    private static final int VERSION_OF_JDK_21 = 65;

    // JVMS 4.1, 4.4, 4.5, 4.6
    private static final int PUBLIC = 0x0001;
    private static final int PRIVATE_FINAL = 0x0002 | 0x0010;
    private static final int FINAL_SUPER = 0x0010 | 0x0020;
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int FIELD = 9;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final int NAME_AND_TYPE = 12;

    // JVMS 6.5
    private static final int ICONST_0 = 0x03;
    private static final int ICONST_1 = 0x04;
    private static final int ILOAD_1 = 0x1b;
    private static final int ILOAD_2 = 0x1c;
    private static final int ALOAD_0 = 0x2a;
    private static final int ALOAD_1 = 0x2b;
    private static final int POP = 0x57;
    private static final int IADD = 0x60;
    private static final int IRETURN = 0xac;
    private static final int RETURN = 0xb1;
    private static final int GETFIELD = 0xb4;
    private static final int PUTFIELD = 0xb5;
    private static final int INVOKESPECIAL = 0xb7;
    private static final int INVOKEINTERFACE = 0xb9;

    private static final int MOST_ON_STACK = 4;
    private static final int MOST_LOCALS = 3;

    private final ByteArrayOutputStream poolBytes = new ByteArrayOutputStream();
    private final DataOutputStream pool = new DataOutputStream(poolBytes);
    private final Map<String, Integer> indexes = new LinkedHashMap<>();
    private final ByteArrayOutputStream methodBytes = new ByteArrayOutputStream();
    private final DataOutputStream methods = new DataOutputStream(methodBytes);
    private int methodCount;

    private PollerClass() {}

    /** Returns a class file. */
    static byte[] bytes() {
        try {
            return new PollerClass().write();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
    }

    private byte[] write() throws IOException {
        int thisClass = classIndex(INTERNAL_NAME);
        int superClass = classIndex(SUPER);
        int field = utf8("route");
        int fieldType = utf8(OPERATOR_TYPE);
        method("<init>", "(" + OPERATOR_TYPE + ")V", constructor());
        method("implRegister", "(I)V", call(ICONST_0));
        method("implStartPoll", "(I)V", call(ICONST_0));
        method("implDeregister", "(IZ)V", call(ILOAD_2, ICONST_1, IADD));
        method("implStopPoll", "(IZ)V", call(ILOAD_2, ICONST_1, IADD));
        method("poll", "(I)I", code(ICONST_0, IRETURN));
        method("close", "()V", code(RETURN));

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        out.writeShort(0);
        out.writeShort(VERSION_OF_JDK_21);
        out.writeShort(indexes.size() + 1);
        poolBytes.writeTo(out);
        out.writeShort(FINAL_SUPER);
        out.writeShort(thisClass);
        out.writeShort(superClass);
        out.writeShort(0); // interfaces
        out.writeShort(1); // fields
        out.writeShort(PRIVATE_FINAL);
        out.writeShort(field);
        out.writeShort(fieldType);
        out.writeShort(0);
        out.writeShort(methodCount);
        methodBytes.writeTo(out);
        out.writeShort(0); // attributes
        return bytes.toByteArray();
    }

    private byte[] constructor() throws IOException {
        int init = member(METHOD, SUPER, "<init>", "()V");
        int route = member(FIELD, INTERNAL_NAME, "route", OPERATOR_TYPE);
        return code(
                ALOAD_0,
                INVOKESPECIAL,
                init >> Byte.SIZE,
                init,
                ALOAD_0,
                ALOAD_1,
                PUTFIELD,
                route >> Byte.SIZE,
                route,
                RETURN);
    }

    /** A call of the operator with what {@code operation} leaves on the stack, and the argument. */
    private byte[] call(int... operation) throws IOException {
        int route = member(FIELD, INTERNAL_NAME, "route", OPERATOR_TYPE);
        int apply = member(INTERFACE_METHOD, OPERATOR, "applyAsInt", "(II)I");
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        code.writeBytes(code(ALOAD_0, GETFIELD, route >> Byte.SIZE, route));
        code.writeBytes(code(operation));
        int words = 3; // the operator and two numbers
        code.writeBytes(
                code(ILOAD_1, INVOKEINTERFACE, apply >> Byte.SIZE, apply, words, 0, POP, RETURN));
        return code.toByteArray();
    }

    private static byte[] code(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private void method(String name, String type, byte[] code) throws IOException {
        methodCount++;
        methods.writeShort(PUBLIC);
        methods.writeShort(utf8(name));
        methods.writeShort(utf8(type));
        methods.writeShort(1); // attributes
        methods.writeShort(utf8("Code"));
        int rest = 2 + 2 + 4 + 2 + 2; // of the attribute, without the code itself
        methods.writeInt(rest + code.length);
        methods.writeShort(MOST_ON_STACK);
        methods.writeShort(MOST_LOCALS);
        methods.writeInt(code.length);
        methods.write(code);
        methods.writeShort(0); // exception handlers
        methods.writeShort(0); // attributes
    }

    private int utf8(String text) throws IOException {
        Integer known = indexes.get(text);
        if (known != null) {
            return known;
        }
        pool.writeByte(UTF8);
        pool.writeUTF(text);
        return added(text);
    }

    private int classIndex(String name) throws IOException {
        String key = "class " + name;
        Integer known = indexes.get(key);
        if (known != null) {
            return known;
        }
        int text = utf8(name);
        pool.writeByte(CLASS);
        pool.writeShort(text);
        return added(key);
    }

    private int member(int kind, String owner, String name, String type) throws IOException {
        String key = "member " + owner + ' ' + name;
        Integer known = indexes.get(key);
        if (known != null) {
            return known;
        }
        int ownerIndex = classIndex(owner);
        int nameIndex = utf8(name);
        int typeIndex = utf8(type);
        pool.writeByte(NAME_AND_TYPE);
        pool.writeShort(nameIndex);
        pool.writeShort(typeIndex);
        int nameAndType = added("type " + key);
        pool.writeByte(kind);
        pool.writeShort(ownerIndex);
        pool.writeShort(nameAndType);
        return added(key);
    }

    private int added(String key) {
        indexes.put(key, indexes.size() + 1);
        return indexes.size();
    }
}
