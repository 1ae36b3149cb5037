package dev.treadle.internal;

/**
 * The engine of the model {@code virtual}: one virtual thread a task, on the scheduler of the JDK.
 */
public final class VirtualEngine extends TaskPerThreadEngine {
    /** Opens it. */
    public VirtualEngine() {
        super("treadle-virtual-");
    }

    @Override
    public void execute(Runnable task) {
        start(VirtualEngine::newThread, task);
    }

    private static Thread newThread(String name, Runnable task) {
        return Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(task);
    }
}
