package dev.treadle.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a subclass of {@link AdapterContract}: the protocol of the clients in its tests. A class
 * without it speaks HTTP/1.1.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Over {
    /** Returns the protocol. */
    Protocol value();
}
