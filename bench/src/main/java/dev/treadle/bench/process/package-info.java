/** The processes of a benchmark: servers, clients and wrk, and the system's figures for them. */
@NullMarked
package dev.treadle.bench.process;

import org.jspecify.annotations.NullMarked;
