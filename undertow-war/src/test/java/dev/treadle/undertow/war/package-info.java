/** Tests of the deployer, with WARs that are made for each of them. */
@NullMarked
package dev.treadle.undertow.war;

import org.jspecify.annotations.NullMarked;
