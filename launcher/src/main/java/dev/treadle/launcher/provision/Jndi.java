package dev.treadle.launcher.provision;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

/** The entries of {@code --jndi}, below {@code java:comp/env/}. Immutable. */
public final class Jndi {
    private static final Jndi NONE = new Jndi(Map.of(), Optional.empty(), Jndi::noPool);

    private final Map<String, Entry> entries;
    private final Optional<String> warning;
    private final Pools pools;

    /** One entry. */
    sealed interface Entry {
        /**
         * A value.
         *
         * @param object a String, a Boolean, a Character or a Number
         */
        record Value(Object object) implements Entry {}

        /** A data source with its pool. */
        record Source(PoolSettings settings) implements Entry {}
    }

    Jndi(Map<String, Entry> entries, Optional<String> warning, Pools pools) {
        this.entries = new LinkedHashMap<>(entries);
        this.warning = warning;
        this.pools = pools;
    }

    /** Returns no entry. */
    public static Jndi none() {
        return NONE;
    }

    /**
     * Reads a file of entries.
     *
     * @param pools makes the pools of the data sources
     * @throws dev.treadle.settings.InvalidSettingException if it cannot be read, or a line is wrong
     */
    public static Jndi read(String file, Pools pools) {
        return new JndiFile(file).read(pools);
    }

    /** Returns a warning for the person who starts the server. */
    public Optional<String> warning() {
        return warning;
    }

    private static DataSource noPool(PoolSettings settings, ClassLoader application) {
        throw new IllegalStateException(settings + ": a data source of no file");
    }

    /** Makes the objects for one application: each start of one needs its own. */
    public JndiObjects objects() {
        Map<String, Object> objects = new LinkedHashMap<>();
        entries.forEach((name, entry) ->
                objects.put(
                        name,
                        switch (entry) {
                            case Entry.Value value -> value.object();
                            case Entry.Source source ->
                                    new GivenDataSource(source.settings(), pools);
                        }));
        return new JndiObjects(objects);
    }
}
