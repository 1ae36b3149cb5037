package dev.treadle.bench.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A table of customers in PostgreSQL, read over JDBC with a HikariCP pool: {@code customer (id
 * bigint primary key, name text)}, with the ids from 1 to {@value #ROWS}.
 */
public final class Customers {
    /** How many customers there are. */
    public static final int ROWS = 10_000;

    /** The size of the pool of every server. */
    public static final int POOL = 20;

    /** The query of one request; the parameter {@code ?} is an id. */
    public static final String QUERY = "select name from customer where id = ?";

    /** The system property that tells a server the port of PostgreSQL. */
    public static final String PORT = "treadle.bench.database.port";

    private final HikariDataSource pool;

    Customers() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + port() + "/postgres");
        config.setUsername("postgres");
        config.setMaximumPoolSize(POOL);
        pool = new HikariDataSource(config);
    }

    /** Returns the port of the database. */
    public static int port() {
        Integer port = Integer.getInteger(PORT);
        if (port == null) {
            throw new IllegalStateException(
                    PORT + ": not set (expected: the port of a PostgreSQL)");
        }
        return port;
    }

    /** Returns an id by chance, so that no server has the answer at hand. */
    public static long anyId() {
        return ThreadLocalRandom.current().nextLong(1, ROWS + 1L);
    }

    /** Returns the name of one customer. */
    byte[] name() throws IOException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setLong(1, anyId());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    throw new IOException(
                            "no such customer (expected: ids from 1 to " + ROWS + ")");
                }
                return rows.getString(1).getBytes(StandardCharsets.UTF_8);
            }
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
    }
}
