package dev.treadle.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** One real PostgreSQL for all tests of this JVM, with the table of the application. */
final class Database {
    private static final EmbeddedPostgres POSTGRES = start();

    private Database() {}

    /** Stopped by a shutdown hook of its own. */
    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres started = EmbeddedPostgres.builder().start();
            try (Connection connection = started.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "create table customer (id bigserial primary key, name varchar(200))");
            }
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Returns the argument with which an application uses it. */
    static String argument() {
        return "--spring.datasource.url=" + POSTGRES.getJdbcUrl("postgres", "postgres");
    }
}
