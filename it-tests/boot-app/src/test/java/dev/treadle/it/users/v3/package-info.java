/** Types with other packages in Boot 3. */
package dev.treadle.it.users.v3;
