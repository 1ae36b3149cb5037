/** Tests as the users of a Boot application write them, on each line of Boot and container. */
package dev.treadle.it.users;
