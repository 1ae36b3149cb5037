package dev.treadle.launcher.client;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the classes of an application say about pools, clients, locks and copies. */
final class ClassLook {
    private static final String THREAD_LOCAL = "java/lang/ThreadLocal";
    private static final String CLIENT_5 = "org/apache/hc/client5/http/impl/";
    private static final String CLIENT_4 = "org/apache/http/impl/";

    /** Methods that set how many connections of a route an HTTP client has. */
    private static final Set<String> PER_ROUTE =
            Set.of(
                    "setMaxConnPerRoute",
                    "setDefaultMaxPerRoute",
                    "setMaxPerRoute",
                    "setConnPerRoute",
                    "useSystemProperties");

    /** Methods that make an HTTP client, by their class without its package. */
    private static final Map<String, Set<String>> MAKES_CLIENT =
            Map.of(
                    "HttpClients", Set.of("createDefault", "createMinimal", "custom"),
                    "HttpClientBuilder", Set.of("create"),
                    "PoolingHttpClientConnectionManager", Set.of("<init>"),
                    "PoolingHttpClientConnectionManagerBuilder", Set.of("create"));

    /** Methods that wait for bytes or for time, by their class. */
    private static final Map<String, Set<String>> WAITS =
            Map.ofEntries(
                    Map.entry("java/lang/Thread", Set.of("sleep")),
                    Map.entry("java/net/http/HttpClient", Set.of("send")),
                    Map.entry("java/net/URL", Set.of("openStream")),
                    Map.entry("java/net/URLConnection", Set.of("getInputStream", "connect")),
                    Map.entry(
                            "java/net/HttpURLConnection",
                            Set.of("getInputStream", "getResponseCode", "connect")),
                    Map.entry("java/sql/DriverManager", Set.of("getConnection")),
                    Map.entry("javax/sql/DataSource", Set.of("getConnection")),
                    Map.entry("java/sql/Connection", Set.of("commit", "rollback")),
                    Map.entry(
                            "java/sql/Statement",
                            Set.of("execute", "executeQuery", "executeUpdate", "executeBatch")),
                    Map.entry(
                            "java/sql/PreparedStatement",
                            Set.of("execute", "executeQuery", "executeUpdate", "executeBatch")),
                    Map.entry(
                            "java/sql/CallableStatement",
                            Set.of("execute", "executeQuery", "executeUpdate")));

    /** Native methods of the application. */
    final List<String> natives = new ArrayList<>();

    /** Thread-locals that have an initial value: caches, most likely. */
    final List<String> copies = new ArrayList<>();

    /** Calls that wait, in a synchronized method or block. */
    final List<String> waitsLocked = new ArrayList<>();

    private final Map<Integer, String> clients = new TreeMap<>(); // by the major version
    private final Map<Integer, String> managers = new TreeMap<>();
    private boolean givesManager;

    /** Whether a class sets the connections of a route. */
    boolean setsPerRoute;

    /** A class below one of the old API; empty if there is none. */
    String javax = "";

    /** Whether a class knows the new API. */
    boolean jakarta;

    private final Map<PoolKind, String> made = new TreeMap<>();
    private final Map<PoolKind, Integer> sizes = new TreeMap<>();
    private final Map<PoolKind, String> sizedAt = new TreeMap<>();
    private int count;
    private int unread;

    /** Looks at a class file. One of a format that is newer than this reader is left out. */
    void add(byte[] bytes) {
        count++;
        try {
            new ClassReader(bytes).accept(new Look(), 0);
        } catch (RuntimeException noClassFile) {
            // ASM refuses a newer format, and stumbles over what is none
            unread++;
        }
    }

    int count() {
        return count;
    }

    int unread() {
        return unread;
    }

    /**
     * Returns where a client of Apache HttpClient with a pool is made; empty if that is not seen. A
     * client that is given a manager may have one without a pool.
     *
     * @param major the major version of the library
     */
    String clientAt(int major) {
        String client = givesManager ? "" : clients.getOrDefault(major, "");
        return managers.getOrDefault(major, client);
    }

    /** Returns where a pool is made without a size; empty if that is not seen. */
    String madeAt(PoolKind kind) {
        return made.getOrDefault(kind, "");
    }

    /** Returns the size that code sets; 0 if it sets none, -1 if it computes it. */
    int size(PoolKind kind) {
        return sizes.getOrDefault(kind, 0);
    }

    /** Returns where code sets the size. */
    String sizedAt(PoolKind kind) {
        return sizedAt.getOrDefault(kind, "");
    }

    private static String dotted(String internalName) {
        return internalName.replace('/', '.');
    }

    private final class Look extends ClassVisitor {
        private String name = "";

        Look() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(
                int version,
                int access,
                String internalName,
                @Nullable String signature,
                @Nullable String superName,
                String[] interfaces) {
            name = dotted(internalName);
            above(superName);
            for (String each : interfaces) {
                above(each);
            }
        }

        private void above(@Nullable String type) {
            if (type == null) {
                return;
            }
            if (type.startsWith("javax/servlet/") && javax.isEmpty()) {
                javax = name + ", which is a " + dotted(type);
            }
            jakarta |= type.startsWith("jakarta/servlet/");
            if (type.equals(THREAD_LOCAL)) {
                copies.add(name);
            }
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String method,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            String place = name + "." + method;
            if ((access & Opcodes.ACC_NATIVE) != 0) {
                natives.add(place);
            }
            return new Body(place, (access & Opcodes.ACC_SYNCHRONIZED) != 0);
        }
    }

    /** Reads the calls of a method in their order, which is that of the source but for jumps. */
    private final class Body extends MethodVisitor {
        private final String place;
        private final boolean locked;
        private int monitors;
        private int line;
        private boolean initial; // the value on the stack is a thread-local with an initial value
        private int constant = -1; // the int on the stack; -1: none

        Body(String place, boolean locked) {
            super(Opcodes.ASM9);
            this.place = place;
            this.locked = locked;
        }

        private String here() {
            return line == 0 ? place : place + ":" + line;
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
        }

        @Override
        public void visitInsn(int opcode) {
            constant = -1;
            if (opcode == Opcodes.MONITORENTER) {
                monitors++;
            } else if (opcode == Opcodes.MONITOREXIT) {
                monitors = Math.max(0, monitors - 1); // that of the handler comes once more
            } else if (opcode >= Opcodes.ICONST_0 && opcode <= Opcodes.ICONST_5) {
                constant = opcode - Opcodes.ICONST_0;
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            constant = opcode == Opcodes.NEWARRAY ? -1 : operand;
        }

        @Override
        public void visitLdcInsn(Object value) {
            constant = value instanceof Integer number ? number : -1;
        }

        /** Two ways meet: each may have a value of its own. */
        @Override
        public void visitFrame(
                int type,
                int localCount,
                Object @Nullable [] local,
                int stackCount,
                Object @Nullable [] stack) {
            constant = -1;
        }

        @Override
        public void visitVarInsn(int opcode, int variable) {
            constant = -1;
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String field, String descriptor) {
            if (initial && (opcode == Opcodes.PUTSTATIC || opcode == Opcodes.PUTFIELD)) {
                copies.add(dotted(owner) + "." + field);
            }
            initial = false;
            constant = -1;
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String method, String descriptor, boolean ofInterface) {
            call(owner, method, descriptor);
            initial = owner.equals(THREAD_LOCAL) && method.equals("withInitial");
            if (!method.equals("valueOf")) { // that of Integer keeps what is on the stack
                constant = -1;
            }
        }

        private void call(String owner, String method, String descriptor) {
            if ((locked || monitors > 0) && WAITS.getOrDefault(owner, Set.of()).contains(method)) {
                waitsLocked.add(here() + " calls " + dotted(owner) + "." + method);
            }
            client(owner, method);
            for (PoolKind kind : PoolKind.values()) {
                if (kind.owner.matcher(owner).matches()) {
                    pool(kind, method, descriptor);
                }
            }
        }

        private void client(String owner, String method) {
            int major = owner.startsWith(CLIENT_5) ? 5 : owner.startsWith(CLIENT_4) ? 4 : 0;
            if (major == 0) {
                return;
            }
            if (PER_ROUTE.contains(method)) {
                setsPerRoute = true;
            }
            givesManager |= method.equals("setConnectionManager");
            String type = owner.substring(owner.lastIndexOf('/') + 1);
            if (MAKES_CLIENT.getOrDefault(type, Set.of()).contains(method)) {
                (type.startsWith("Pooling") ? managers : clients).putIfAbsent(major, here());
            }
        }

        private void pool(PoolKind kind, String method, String descriptor) {
            if (method.equals("<init>") && Type.getArgumentCount(descriptor) == 0) {
                made.putIfAbsent(kind, here());
            } else if (method.equals(kind.setter)) {
                // the smallest that is known; one that is computed says nothing of the others
                int before = sizes.getOrDefault(kind, 0);
                if (before <= 0 || (constant >= 0 && constant < before)) {
                    sizes.put(kind, constant);
                    sizedAt.put(kind, here());
                }
            }
        }
    }
}
