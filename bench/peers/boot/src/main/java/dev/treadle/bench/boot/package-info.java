/** Spring Boot 4 as a server of the benchmarks. */
@NullMarked
package dev.treadle.bench.boot;

import org.jspecify.annotations.NullMarked;
