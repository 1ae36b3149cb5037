/**
 * {@code treadle demo}: repeats a published experiment, a thousand clients at once and a handler
 * that sleeps a second, on each container with each worker model. Start at {@link
 * dev.treadle.launcher.demo.DemoCommand}.
 */
@NullMarked
package dev.treadle.launcher.demo;

import org.jspecify.annotations.NullMarked;
