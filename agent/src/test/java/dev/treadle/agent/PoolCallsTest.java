package dev.treadle.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.concurrent.ThreadPoolExecutor;

/** Code that no compiler makes, and that the JVM takes all the same. */
class PoolCallsTest {
    private static final String POOL = "java/util/concurrent/ThreadPoolExecutor";

    /** Values that lie between the new pool and its second reference. */
    enum Between {
        INT {
            @Override
            void push(MethodVisitor code) {
                code.visitInsn(Opcodes.ICONST_1);
            }
        },
        BYTE {
            @Override
            void push(MethodVisitor code) {
                code.visitIntInsn(Opcodes.BIPUSH, 100);
            }
        },
        CONSTANT {
            @Override
            void push(MethodVisitor code) {
                code.visitLdcInsn("text");
            }
        },
        FIELD {
            @Override
            void push(MethodVisitor code) {
                code.visitFieldInsn(
                        Opcodes.GETSTATIC, "java/lang/System", "out", "Ljava/io/PrintStream;");
            }
        },
        CALL {
            @Override
            void push(MethodVisitor code) {
                code.visitMethodInsn(
                        Opcodes.INVOKESTATIC,
                        "java/lang/Thread",
                        "currentThread",
                        "()Ljava/lang/Thread;",
                        false);
            }
        };

        abstract void push(MethodVisitor code);
    }

    /** A class whose {@code make} doubles a value that is not the pool, and returns the pool. */
    private static byte[] make(Between between) {
        ClassWriter made = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        made.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Made", null, "java/lang/Object", null);
        MethodVisitor code =
                made.visitMethod(
                        Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
                        "make",
                        "()L" + POOL + ";",
                        null,
                        null);
        code.visitCode();
        code.visitTypeInsn(Opcodes.NEW, POOL);
        between.push(code);
        code.visitInsn(Opcodes.DUP);
        code.visitInsn(Opcodes.POP2);
        code.visitVarInsn(Opcodes.ASTORE, 0);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitInsn(Opcodes.ICONST_1);
        code.visitInsn(Opcodes.ICONST_1);
        code.visitInsn(Opcodes.LCONST_0);
        code.visitFieldInsn(
                Opcodes.GETSTATIC,
                "java/util/concurrent/TimeUnit",
                "SECONDS",
                "Ljava/util/concurrent/TimeUnit;");
        code.visitTypeInsn(Opcodes.NEW, "java/util/concurrent/LinkedBlockingQueue");
        code.visitInsn(Opcodes.DUP);
        code.visitMethodInsn(
                Opcodes.INVOKESPECIAL,
                "java/util/concurrent/LinkedBlockingQueue",
                "<init>",
                "()V",
                false);
        code.visitMethodInsn(
                Opcodes.INVOKESPECIAL,
                POOL,
                "<init>",
                "(IIJLjava/util/concurrent/TimeUnit;Ljava/util/concurrent/BlockingQueue;)V",
                false);
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitInsn(Opcodes.ARETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
        made.visitEnd();
        return made.toByteArray();
    }

    private static final class Loader extends ClassLoader {
        Loader() {
            super(PoolCallsTest.class.getClassLoader());
        }

        Class<?> define(byte[] code) {
            return defineClass("Made", code, 0, code.length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void codeStaysValid(Between between) throws Exception {
        byte[] original = make(between);
        Method plain = new Loader().define(original).getMethod("make");
        ((ThreadPoolExecutor) plain.invoke(null)).shutdown(); // what is tested is valid

        byte[] rewritten = Objects.requireNonNull(PoolClasses.rewritten(original));
        Method method = new Loader().define(rewritten).getMethod("make");
        ThreadPoolExecutor pool = (ThreadPoolExecutor) method.invoke(null);
        assertThat(pool.getMaximumPoolSize()).isEqualTo(1);
        pool.shutdown();
    }
}
