/**
 * The common part of all benchmark servers: the work, the servlet around it, and the interface that
 * a host implements.
 */
@NullMarked
package dev.treadle.bench.app;

import org.jspecify.annotations.NullMarked;
