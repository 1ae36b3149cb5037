/**
 * Settings of how requests run, and how many at a time: values that are checked once, where they
 * are built. Start at {@link dev.treadle.settings.WorkerSettings}. Nothing here knows how it is
 * carried out.
 */
@NullMarked
package dev.treadle.settings;

import org.jspecify.annotations.NullMarked;
