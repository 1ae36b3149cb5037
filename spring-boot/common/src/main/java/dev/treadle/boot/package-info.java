/**
 * Treadle in a Spring Boot application: flags, properties, life cycle, metrics, endpoint. This
 * package has the parts that are the same on Boot 3.5 and 4. The web servers and the health of each
 * line are in subpackages.
 */
@NullMarked
package dev.treadle.boot;

import org.jspecify.annotations.NullMarked;
