/** Types with other packages in Boot 4. */
package dev.treadle.it.users.v4;
