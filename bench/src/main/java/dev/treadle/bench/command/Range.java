package dev.treadle.bench.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The values that an option takes: whole numbers, or durations such as {@code 500ms}. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface Range {
    /** The least. */
    String min();

    /** The greatest. */
    String max();

    /** Whether a duration has to be of whole seconds. */
    boolean wholeSeconds() default false;
}
