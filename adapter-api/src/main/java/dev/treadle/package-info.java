/**
 * How a servlet container's requests are run, and how many at once.
 *
 * <p>Start at {@link dev.treadle.Workers}: it is opened from {@link
 * dev.treadle.settings.WorkerSettings}, is installed in a container by an adapter, tells what goes
 * on as {@link dev.treadle.stats.WorkerStats}, and ends with one drain. {@link
 * dev.treadle.Greenlets} is for code that runs in requests.
 */
@NullMarked
package dev.treadle;

import org.jspecify.annotations.NullMarked;
