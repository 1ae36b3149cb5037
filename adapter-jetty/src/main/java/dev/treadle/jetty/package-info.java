/**
 * Jetty 12.0 and 12.1 on Treadle's workers, for any EE level of the applications: only classes of
 * jetty-server, jetty-util and jetty-io are used. Start at {@link dev.treadle.jetty.JettyWorkers}.
 */
@NullMarked
package dev.treadle.jetty;

import org.jspecify.annotations.NullMarked;
