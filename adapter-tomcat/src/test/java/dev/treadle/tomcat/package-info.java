@NullMarked
package dev.treadle.tomcat;

import org.jspecify.annotations.NullMarked;
