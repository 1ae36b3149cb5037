/**
 * The load: clients and the slow third party, in JVMs of their own, apart from the server they
 * measure.
 */
@NullMarked
package dev.treadle.bench.client;

import org.jspecify.annotations.NullMarked;
