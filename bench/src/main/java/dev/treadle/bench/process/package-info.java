/** The processes of a benchmark: servers, clients and wrk, and what the system tells of them. */
@NullMarked
package dev.treadle.bench.process;

import org.jspecify.annotations.NullMarked;
