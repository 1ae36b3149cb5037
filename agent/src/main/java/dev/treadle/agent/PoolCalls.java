package dev.treadle.agent;

import static dev.treadle.agent.PoolClasses.EXECUTORS;
import static dev.treadle.agent.PoolClasses.FORK_JOIN_POOL;
import static dev.treadle.agent.PoolClasses.POOL;
import static dev.treadle.agent.PoolClasses.SCHEDULED_POOL;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Adds calls of {@link Pools} to a method, where it makes pools or names a method that does. All
 * that is added is straight-line code.
 */
final class PoolCalls extends MethodVisitor {
    private static final String HOOK = Type.getInternalName(Pools.class);
    private static final String INIT = "<init>";
    private static final String FACTORY = "Ljava/util/concurrent/ThreadFactory;";
    private static final String SERVICE = "Ljava/util/concurrent/ExecutorService;";
    private static final String TEXT = "Ljava/lang/String;";
    private static final String SINGLE = "newSingleThreadExecutor";

    private static final Set<String> CHANGED =
            Set.of("newFixedThreadPool", "newCachedThreadPool", SINGLE);
    private static final Set<String> SCHEDULED =
            Set.of("newScheduledThreadPool", "newSingleThreadScheduledExecutor");
    private static final String STEALING = "newWorkStealingPool";

    private static final String IS_SCHEDULED = "it is a scheduled pool";
    private static final String IS_FORK_JOIN =
            "it is a ForkJoinPool, whose threads are of a class of its own";
    private static final String IS_SUBCLASS = "it is a subclass of ThreadPoolExecutor";
    private static final String IS_UNUSUAL = "the code that makes it is not as a compiler's";
    private static final String IS_UNUSUAL_REFERENCE =
            "it is a method reference of an unusual kind";

    private static final String METAFACTORY = "java/lang/invoke/LambdaMetafactory.metafactory";

    private final String className;
    private final Runnable onChange;

    /** One for each pool that is made and not constructed yet: whether a second reference is. */
    private final Deque<Boolean> made = new ArrayDeque<>();

    private boolean isJustMade;
    private int line;

    /**
     * @param className with dots
     * @param onChange called for each change
     */
    PoolCalls(MethodVisitor next, String className, Runnable onChange) {
        super(Opcodes.ASM9, next);
        this.className = className;
        this.onChange = onChange;
    }

    @Override
    public void visitLineNumber(int number, Label start) {
        line = number;
        super.visitLineNumber(number, start);
    }

    private void pushPlace() {
        super.visitLdcInsn(line == 0 ? className : className + ":" + line);
    }

    private void call(String hook, String descriptor) {
        super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOK, hook, descriptor, false);
        onChange.run();
    }

    private void leave(String kind, String reason) {
        super.visitLdcInsn(kind);
        super.visitLdcInsn(reason);
        pushPlace();
        call("left", "(" + TEXT + TEXT + TEXT + ")V");
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        super.visitTypeInsn(opcode, type);
        isJustMade = opcode == Opcodes.NEW && type.equals(POOL);
        if (isJustMade) {
            made.push(false);
        }
    }

    @Override
    public void visitInsn(int opcode) {
        if (isJustMade
                && (opcode == Opcodes.DUP
                        || opcode == Opcodes.DUP_X1
                        || opcode == Opcodes.DUP_X2)) {
            made.pop();
            made.push(true);
        }
        isJustMade = false;
        super.visitInsn(opcode);
    }

    @Override
    public void visitVarInsn(int opcode, int variable) {
        isJustMade = false;
        super.visitVarInsn(opcode, variable);
    }

    // Any other instruction between NEW and the second reference is not a compiler's.

    @Override
    public void visitIntInsn(int opcode, int operand) {
        isJustMade = false;
        super.visitIntInsn(opcode, operand);
    }

    @Override
    public void visitLdcInsn(Object value) {
        isJustMade = false;
        super.visitLdcInsn(value);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
        isJustMade = false;
        super.visitFieldInsn(opcode, owner, name, descriptor);
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        isJustMade = false;
        super.visitJumpInsn(opcode, label);
    }

    @Override
    public void visitMethodInsn(
            int opcode, String owner, String name, String descriptor, boolean isInterface) {
        isJustMade = false;
        switch (owner) {
            case EXECUTORS -> executors(opcode, name, descriptor);
            case POOL -> pool(opcode, name, descriptor);
            case SCHEDULED_POOL, FORK_JOIN_POOL -> {
                if (name.equals(INIT)) {
                    leave(
                            simple(owner),
                            owner.equals(SCHEDULED_POOL) ? IS_SCHEDULED : IS_FORK_JOIN);
                }
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            }
            default -> super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
    }

    private static String simple(String owner) {
        return owner.substring(owner.lastIndexOf('/') + 1);
    }

    private void executors(int opcode, String name, String descriptor) {
        String now = descriptor;
        if (SCHEDULED.contains(name)) {
            leave(name, IS_SCHEDULED);
        } else if (name.equals(STEALING)) {
            leave(name, IS_FORK_JOIN);
        } else if (name.equals(SINGLE)) {
            if (descriptor.startsWith("()")) {
                super.visitMethodInsn(
                        opcode, EXECUTORS, "defaultThreadFactory", "()" + FACTORY, false);
                now = "(" + FACTORY + ")" + SERVICE;
            }
            pushPlace();
            call("single", "(" + FACTORY + TEXT + ")" + FACTORY);
        }
        super.visitMethodInsn(opcode, EXECUTORS, name, now, false);
        if (CHANGED.contains(name) && !name.equals(SINGLE)) {
            super.visitLdcInsn(name);
            pushPlace();
            call("made", "(" + SERVICE + TEXT + TEXT + ")" + SERVICE);
        }
    }

    private void pool(int opcode, String name, String descriptor) {
        if (name.equals(INIT)) {
            construct(descriptor);
        } else if (opcode == Opcodes.INVOKEVIRTUAL
                && (name.equals("getThreadFactory") || name.equals("setThreadFactory"))) {
            call(name, "(L" + POOL + ";" + descriptor.substring(1));
        } else {
            super.visitMethodInsn(opcode, POOL, name, descriptor, false);
        }
    }

    /**
     * A constructor without an instance that was made before it in the method is that of a
     * superclass.
     */
    private void construct(String descriptor) {
        Boolean hasSecond = made.poll();
        if (hasSecond == null) {
            leave("ThreadPoolExecutor", IS_SUBCLASS);
        } else if (!hasSecond) {
            leave("ThreadPoolExecutor", IS_UNUSUAL);
        }
        super.visitMethodInsn(Opcodes.INVOKESPECIAL, POOL, INIT, descriptor, false);
        if (hasSecond != null && hasSecond) {
            super.visitInsn(Opcodes.DUP);
            super.visitLdcInsn("ThreadPoolExecutor");
            pushPlace();
            call("made", "(L" + POOL + ";" + TEXT + TEXT + ")V");
        }
    }

    /** A method reference: the place is one more value that it binds. */
    @Override
    public void visitInvokeDynamicInsn(
            String name, String descriptor, Handle bootstrap, Object... arguments) {
        isJustMade = false;
        Object[] now = arguments.clone();
        String type = descriptor;
        for (int i = 0; i < now.length; i++) {
            if (now[i] instanceof Handle handle && makesPools(handle)) {
                boolean plain =
                        (bootstrap.getOwner() + "." + bootstrap.getName()).equals(METAFACTORY)
                                && handle.getOwner().equals(EXECUTORS)
                                && descriptor.startsWith("()");
                String reason = plain ? reason(handle) : IS_UNUSUAL_REFERENCE;
                if (reason == null) {
                    pushPlace();
                    onChange.run();
                    type = "(" + TEXT + descriptor.substring(1);
                    now[i] =
                            new Handle(
                                    Opcodes.H_INVOKESTATIC,
                                    HOOK,
                                    handle.getName(),
                                    "(" + TEXT + handle.getDesc().substring(1),
                                    false);
                } else {
                    leave(
                            handle.getName().equals(INIT)
                                    ? simple(handle.getOwner())
                                    : handle.getName(),
                            reason);
                }
            }
        }
        super.visitInvokeDynamicInsn(name, type, bootstrap, now);
    }

    private static boolean makesPools(Handle handle) {
        return switch (handle.getOwner()) {
            case EXECUTORS ->
                    CHANGED.contains(handle.getName())
                            || SCHEDULED.contains(handle.getName())
                            || handle.getName().equals(STEALING);
            case POOL, SCHEDULED_POOL, FORK_JOIN_POOL -> handle.getName().equals(INIT);
            default -> false;
        };
    }

    private static @Nullable String reason(Handle handle) {
        if (SCHEDULED.contains(handle.getName())) {
            return IS_SCHEDULED;
        }
        return handle.getName().equals(STEALING) ? IS_FORK_JOIN : null;
    }
}
