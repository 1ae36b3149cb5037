/** An application as users have it: nothing in it knows Treadle. */
package dev.treadle.it.boot;
