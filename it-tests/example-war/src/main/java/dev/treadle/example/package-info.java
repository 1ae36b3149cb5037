/** An ordinary web application: no class of it knows what runs its requests. */
@NullMarked
package dev.treadle.example;

import org.jspecify.annotations.NullMarked;
