package dev.treadle.bench.blocking;

/** A block that lasts until another thread ends it. */
interface Freeze extends Block {
    /**
     * Blocks until it is ended.
     *
     * @param held is run once the greenlet cannot be unmounted any more, where it cannot
     */
    void block(Runnable held) throws Exception;

    @Override
    default void block() throws Exception {
        block(() -> {});
    }

    /** Ends all blocks of this round; from any thread. */
    void release() throws Exception;
}
