package dev.treadle.launcher.provision;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.naming.Context;
import javax.naming.NameAlreadyBoundException;
import javax.naming.NamingException;

/** The objects below {@code java:comp/env/} that one application is given. */
@SuppressWarnings(
        "BanJNDI") // names and objects are of the file of the person who starts the server
public final class JndiObjects implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.treadle.launcher");

    private final Map<String, Object> byName;

    JndiObjects(Map<String, Object> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Returns them by their names, such as {@code jdbc/shop}. */
    public Map<String, Object> byName() {
        return byName;
    }

    /** Binds all, in place of those that have the same name. */
    public void bindTo(Context environment) throws NamingException {
        for (Map.Entry<String, Object> entry : byName.entrySet()) {
            Context context = environment;
            List<String> parts = List.of(entry.getKey().split("/"));
            for (String part : parts.subList(0, parts.size() - 1)) {
                context = below(context, part);
            }
            context.rebind(parts.get(parts.size() - 1), entry.getValue());
        }
    }

    private static Context below(Context context, String name) throws NamingException {
        try {
            return context.createSubcontext(name);
        } catch (NameAlreadyBoundException there) {
            return (Context) context.lookup(name);
        }
    }

    /**
     * Opens the pools.
     *
     * @param application has the classes of the WAR, with the drivers
     * @throws dev.treadle.launcher.host.StartFailedException if a driver is missing
     */
    public void open(ClassLoader application) {
        for (Object object : byName.values()) {
            if (object instanceof GivenDataSource source) {
                source.open(application);
            }
        }
    }

    /** Closes the pools. To be called when the application has ended. */
    @Override
    public void close() {
        for (Object object : byName.values()) {
            if (object instanceof GivenDataSource source) {
                try {
                    source.close();
                } catch (Exception failed) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            source + " did not close in order",
                            failed);
                }
            }
        }
    }
}
