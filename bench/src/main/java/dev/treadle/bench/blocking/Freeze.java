package dev.treadle.bench.blocking;

/** A block that lasts until somebody ends it. */
interface Freeze extends Block {
    /** Ends all blocks of this round; from any thread. */
    void release() throws Exception;
}
