/** What is elsewhere in Boot 3. */
package dev.treadle.it.users.v3;
