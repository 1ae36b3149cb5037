package dev.treadle.it.boot;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** All customers. */
public interface Customers extends JpaRepository<Customer, Long> {
    /** A query that takes its time, in seconds, and holds a connection meanwhile. */
    @Query(value = "select 1 from pg_sleep(?1)", nativeQuery = true)
    int slow(double seconds);
}
