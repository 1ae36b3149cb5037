/** Classes of web applications, packed by the tests into WARs. */
@NullMarked
package com.example.war;

import org.jspecify.annotations.NullMarked;
