/** What the web fragment in {@code WEB-INF/lib} brings. */
@NullMarked
package dev.treadle.example.fragment;

import org.jspecify.annotations.NullMarked;
