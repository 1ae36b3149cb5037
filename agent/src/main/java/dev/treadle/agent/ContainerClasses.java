package dev.treadle.agent;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

import java.util.HashSet;
import java.util.Set;

/**
 * Adds calls of {@link Hook} to the classes of the containers. Each is a straight line, or a
 * handler at the end of a method, so no frame of the class has to be computed.
 */
final class ContainerClasses {
    static final String TOMCAT = "org/apache/catalina/core/StandardServer";
    static final String JETTY = "org/eclipse/jetty/server/Server";
    static final String UNDERTOW = "io/undertow/Undertow";
    static final String UNDERTOW_SERVLET = "io/undertow/servlet/core/DeploymentManagerImpl";

    private static final int API = Opcodes.ASM9;
    private static final String HOOK = Type.getInternalName(Hook.class);
    private static final String INIT = "<init>";
    private static final String OF_ONE = "(Ljava/lang/Object;)V";

    private static final String POOL = "org/eclipse/jetty/util/thread/ThreadPool";

    /** The constructor of Jetty 12 that all others call. */
    private static final String JETTY_INIT =
            "(L"
                    + POOL
                    + ";Lorg/eclipse/jetty/util/thread/Scheduler;Lorg/eclipse/jetty/io/ByteBufferPool;)V";

    private static final String EXTENSIONS =
            "(Lio/undertow/servlet/api/DeploymentInfo;Lio/undertow/servlet/spec/ServletContextImpl;)V";

    /** Those that are the same after a start and a stop, and another while workers are in. */
    private static final Set<String> FREED =
            Set.of("rootHandler", "internalWorker", "socketOptions", "serverOptions");

    private ContainerClasses() {}

    /** Returns the class with the calls in it. */
    static byte[] rewritten(String className, byte[] original) {
        ClassReader reader = new ClassReader(original);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        Kind kind = requireNonNull(Kind.of(className), className);
        reader.accept(
                methods(reader).containsAll(needed(className))
                        ? new Rewriter(writer, className)
                        : new Reporter(writer, className, kind),
                0);
        return writer.toByteArray();
    }

    private static Set<String> needed(String className) {
        return switch (className) {
            case TOMCAT -> Set.of(INIT + "()V");
            case JETTY -> Set.of(INIT + JETTY_INIT);
            case UNDERTOW -> Set.of("start()V", "stop()V");
            default -> Set.of("handleExtensions" + EXTENSIONS);
        };
    }

    private static Set<String> methods(ClassReader reader) {
        Set<String> found = new HashSet<>();
        reader.accept(
                new ClassVisitor(API) {
                    @Override
                    public @Nullable MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            @Nullable String signature,
                            String @Nullable [] exceptions) {
                        found.add(name + descriptor);
                        return null;
                    }
                },
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found;
    }

    private static final class Rewriter extends ClassVisitor {
        private final String className;

        Rewriter(ClassVisitor next, String className) {
            super(API, next);
            this.className = className;
        }

        @Override
        public FieldVisitor visitField(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                @Nullable Object value) {
            boolean freed = className.equals(UNDERTOW) && FREED.contains(name);
            return super.visitField(
                    freed ? access & ~Opcodes.ACC_FINAL : access,
                    name,
                    descriptor,
                    signature,
                    value);
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor method =
                    super.visitMethod(access, name, descriptor, signature, exceptions);
            return switch (className + " " + name + descriptor) {
                case TOMCAT + " " + INIT + "()V" -> new TomcatInit(method);
                case JETTY + " " + INIT + JETTY_INIT -> new JettyInit(method);
                case UNDERTOW + " start()V" -> new UndertowStart(method);
                case UNDERTOW + " stop()V" -> new UndertowStop(method);
                case UNDERTOW_SERVLET + " handleExtensions" + EXTENSIONS -> new Deploying(method);
                default -> method;
            };
        }
    }

    /** A method that calls the agent. */
    private abstract static class Calling extends MethodVisitor {
        Calling(MethodVisitor next) {
            super(API, next);
        }

        /** Pushes the receiver, or an argument that is a reference and has only such before it. */
        final void push(int variable) {
            super.visitVarInsn(Opcodes.ALOAD, variable);
        }

        final void push(String className) {
            super.visitLdcInsn(Type.getObjectType(className));
        }

        final void call(String hook, String descriptor) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, hook, descriptor, false);
        }
    }

    private static final class TomcatInit extends Calling {
        TomcatInit(MethodVisitor next) {
            super(next);
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.RETURN) {
                push(0);
                push(TOMCAT);
                call("tomcat", "(Ljava/lang/Object;Ljava/lang/Class;)V");
            }
            super.visitInsn(opcode);
        }
    }

    private static final class JettyInit extends Calling {
        JettyInit(MethodVisitor next) {
            super(next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            push(1);
            push(JETTY);
            call("jetty", "(Ljava/lang/Object;Ljava/lang/Class;)Ljava/lang/Object;");
            super.visitTypeInsn(Opcodes.CHECKCAST, POOL);
            super.visitVarInsn(Opcodes.ASTORE, 1);
        }
    }

    private static final class UndertowStart extends Calling {
        private final Label begin = new Label();
        private final Label end = new Label();

        UndertowStart(MethodVisitor next) {
            super(next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            super.visitLabel(begin);
            push(0);
            call("undertowStarting", OF_ONE);
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
            super.visitLabel(end);
            super.visitFrame(
                    Opcodes.F_FULL,
                    1,
                    new Object[] {UNDERTOW},
                    1,
                    new Object[] {"java/lang/Throwable"});
            push(0);
            call("undertowStopped", OF_ONE);
            super.visitInsn(Opcodes.ATHROW);
            // the last in the table: those of the method itself come first
            super.visitTryCatchBlock(begin, end, end, null);
            super.visitMaxs(maxStack, maxLocals);
        }
    }

    private static final class UndertowStop extends Calling {
        UndertowStop(MethodVisitor next) {
            super(next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            push(0);
            call("undertowStopping", OF_ONE);
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.RETURN) {
                push(0);
                call("undertowStopped", OF_ONE);
            }
            super.visitInsn(opcode);
        }
    }

    private static final class Deploying extends Calling {
        Deploying(MethodVisitor next) {
            super(next);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            push(1);
            push(2);
            push(UNDERTOW_SERVLET);
            call("undertowDeploying", "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Class;)V");
        }
    }

    /** Reports the class from its constructors: it has not the methods that the agent needs. */
    private static final class Reporter extends ClassVisitor {
        private final String className;
        private final Kind kind;

        Reporter(ClassVisitor next, String className, Kind kind) {
            super(API, next);
            this.className = className;
            this.kind = kind;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            MethodVisitor method =
                    super.visitMethod(access, name, descriptor, signature, exceptions);
            return name.equals(INIT) ? new Reporting(method, className, kind) : method;
        }
    }

    private static final class Reporting extends Calling {
        private final String className;
        private final Kind kind;

        Reporting(MethodVisitor next, String className, Kind kind) {
            super(next);
            this.className = className;
            this.kind = kind;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            push(className);
            super.visitLdcInsn(kind.title());
            call("unknown", "(Ljava/lang/Class;Ljava/lang/String;)V");
        }
    }
}
