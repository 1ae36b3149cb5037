/**
 * What every benchmark server does, whatever serves it: the work, the servlet around it, and what a
 * host has to provide.
 */
@NullMarked
package dev.treadle.bench.app;

import org.jspecify.annotations.NullMarked;
