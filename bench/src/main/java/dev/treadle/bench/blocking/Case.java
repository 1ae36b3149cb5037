package dev.treadle.bench.blocking;

import java.util.function.Supplier;

/**
 * One row of the table.
 *
 * @param word for the command line
 * @param title for the table, in Markdown
 * @param block makes what is run, in the JVM that runs it
 */
record Case(String word, String title, Supplier<Block> block) {}
