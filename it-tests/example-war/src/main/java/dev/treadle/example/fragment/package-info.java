/** The classes of the web fragment in {@code WEB-INF/lib}. */
@NullMarked
package dev.treadle.example.fragment;

import org.jspecify.annotations.NullMarked;
