/**
 * Treadle in a Spring Boot application: flags, properties, life cycle, metrics, endpoint. What is
 * the same on Boot 3.5 and 4; the web servers and the health of each line are in packages below.
 */
@NullMarked
package dev.treadle.boot;

import org.jspecify.annotations.NullMarked;
