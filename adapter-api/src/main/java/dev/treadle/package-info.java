/**
 * The neutral core of Treadle: how a servlet container's requests are run, and how many at once.
 *
 * <p>Start at {@link dev.treadle.Workers}: it is opened from {@link dev.treadle.WorkerSettings},
 * hands the container one executor, admits requests through one {@link dev.treadle.Gate}, and ends
 * with one drain. Adapters for containers are found through {@link
 * dev.treadle.spi.ContainerAdapters}. No type of any container, logging or metrics library appears
 * here.
 */
@NullMarked
package dev.treadle;

import org.jspecify.annotations.NullMarked;
