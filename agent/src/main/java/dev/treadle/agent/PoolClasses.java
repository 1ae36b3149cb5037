package dev.treadle.agent;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Rewrites the classes of the application that make pools. */
final class PoolClasses {
    static final String EXECUTORS = "java/util/concurrent/Executors";
    static final String POOL = "java/util/concurrent/ThreadPoolExecutor";
    static final String SCHEDULED_POOL = "java/util/concurrent/ScheduledThreadPoolExecutor";
    static final String FORK_JOIN_POOL = "java/util/concurrent/ForkJoinPool";

    private static final byte[][] NAMES =
            ConstantPool.texts(EXECUTORS, POOL, SCHEDULED_POOL, FORK_JOIN_POOL);

    private PoolClasses() {}

    /** Whether a class may make pools. */
    static boolean mayMakePools(byte[] file) {
        return ConstantPool.hasOneOf(NAMES, file);
    }

    /** Returns the class with the calls of {@link Pools} in it; null: there is nothing to call. */
    static byte @Nullable [] rewritten(byte[] original) {
        ClassReader reader = new ClassReader(original);
        // the added code has no branch, so the frames stay as they are
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        Rewriter rewriter = new Rewriter(writer, reader.getClassName().replace('/', '.'));
        reader.accept(rewriter, 0);
        return rewriter.changes == 0 ? null : writer.toByteArray();
    }

    /** Visits the methods, and counts what they change. */
    private static final class Rewriter extends ClassVisitor {
        private final String className;
        private int changes;

        Rewriter(ClassVisitor next, String className) {
            super(Opcodes.ASM9, next);
            this.className = className;
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            return new PoolCalls(
                    super.visitMethod(access, name, descriptor, signature, exceptions),
                    className,
                    () -> changes++);
        }
    }
}
