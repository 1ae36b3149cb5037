package dev.treadle.bench.process;

import dev.treadle.bench.server.Customers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL of its own, with the table of {@link Customers}. */
public final class Database implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    /** Starts it on a free port of the loopback address, and fills the table. */
    public Database() throws IOException {
        try {
            postgres = EmbeddedPostgres.builder().start();
        } catch (IllegalStateException none) {
            throw new IOException("PostgreSQL (expected: Linux on x86-64)", none);
        }
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table customer (id bigint primary key, name text not null)");
            statement.execute(
                    "insert into customer select id, 'customer ' || id from generate_series(1, "
                            + Customers.ROWS
                            + ") id");
            statement.execute("analyze customer");
        } catch (SQLException failed) {
            postgres.close();
            throw new IOException(failed);
        }
    }

    /** Returns the option of a server's JVM that tells it where this is. */
    public String option() {
        return "-D" + Customers.PORT + "=" + port();
    }

    /** Returns the port it listens on. */
    public int port() {
        return postgres.getPort();
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
