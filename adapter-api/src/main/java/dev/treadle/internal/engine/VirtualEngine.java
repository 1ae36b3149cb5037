package dev.treadle.internal.engine;

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
        LiveTask taken = take(task);
        boolean started = false;
        try {
            Thread thread =
                    Thread.ofVirtual()
                            .name(taken.name())
                            .inheritInheritableThreadLocals(false)
                            .unstarted(taken);
            prepared(taken, thread).start();
            started = true;
        } finally {
            if (!started) {
                giveBack(taken);
            }
        }
    }
}
