package dev.treadle.it.boot;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** A customer of the shop. */
@Entity
public class Customer {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    private String name;

    /** For JPA. */
    protected Customer() {}

    Customer(String name) {
        this.name = name;
    }

    /** Returns the key; null before it is stored. */
    public Long getId() {
        return id;
    }

    /** Returns the name. */
    public String getName() {
        return name;
    }
}
