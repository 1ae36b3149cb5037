/** Workers in Tomcat 10.1 and 11. Start at {@link dev.treadle.tomcat.TomcatWorkers}. */
@NullMarked
package dev.treadle.tomcat;

import org.jspecify.annotations.NullMarked;
