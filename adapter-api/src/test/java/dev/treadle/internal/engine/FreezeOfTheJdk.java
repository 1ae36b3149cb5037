package dev.treadle.internal.engine;

/**
 * Freezes the JDK's own scheduler; for a JVM of its own. Prints {@code frozen} when all carriers
 * are held, and {@code over} when that is.
 */
final class FreezeOfTheJdk {
    private FreezeOfTheJdk() {}

    /**
     * Freezes it.
     *
     * @param args which {@link Freezing}, and how many carriers there are
     */
    public static void main(String[] args) throws InterruptedException {
        FrozenHubs frozen =
                new FrozenHubs(
                        Freezing.valueOf(args[0]).on(Thread::startVirtualThread),
                        Thread::startVirtualThread,
                        Thread::currentThread,
                        Integer.parseInt(args[1]));
        frozen.freeze();
        System.out.println("frozen");
        frozen.awaitEnd();
        System.out.println("over");
    }
}
