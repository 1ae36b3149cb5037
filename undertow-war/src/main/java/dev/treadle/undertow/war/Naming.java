package dev.treadle.undertow.war;

import org.apache.naming.ContextAccessController;
import org.apache.naming.ContextBindings;
import org.apache.naming.NamingContext;

import java.util.Hashtable;
import java.util.Map;
import java.util.UUID;

import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NameAlreadyBoundException;
import javax.naming.NamingException;

/**
 * The JNDI context of a web application, {@code java:comp/env}. Threads find it that have the class
 * loader of the application. Tomcat's classes implement it.
 */
@SuppressWarnings(
        "BanJNDI") // names and objects are of the descriptor and of the server's own files
final class Naming implements AutoCloseable {
    private static final String FACTORY = "org.apache.naming.java.javaURLContextFactory";
    private static final String PACKAGES = "org.apache.naming";

    private final String name;
    private final ClassLoader loader;

    private Naming(String name, ClassLoader loader) {
        this.name = name;
        this.loader = loader;
    }

    /**
     * Binds the entries.
     *
     * @param entries by their names below {@code java:comp/env}
     */
    static Naming bind(ClassLoader loader, Map<String, Object> entries) throws NamingException {
        setUnlessSet(Context.INITIAL_CONTEXT_FACTORY, FACTORY);
        setUnlessSet(Context.URL_PKG_PREFIXES, PACKAGES);
        Naming naming = new Naming(UUID.randomUUID().toString(), loader);
        NamingContext root = naming.root();
        Context environment = root.createSubcontext("comp").createSubcontext("env");
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            bind(environment, new CompositeName(entry.getKey()), entry.getValue());
        }
        ContextBindings.bindContext(naming, root);
        ContextBindings.bindClassLoader(naming, null, loader);
        // the application cannot change it
        ContextAccessController.setSecurityToken(naming.name, naming);
        ContextAccessController.setReadOnly(naming.name);
        return naming;
    }

    @SuppressWarnings("JdkObsolete") // it takes no other map
    private NamingContext root() throws NamingException {
        return new NamingContext(new Hashtable<>(), name);
    }

    /** These are of the whole JVM; a user may have set them. */
    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static void bind(Context context, Name name, Object object) throws NamingException {
        if (name.size() == 1) {
            context.rebind(name, object);
            return;
        }
        bind(below(context, name.getPrefix(1)), name.getSuffix(1), object);
    }

    private static Context below(Context context, Name name) throws NamingException {
        try {
            return context.createSubcontext(name);
        } catch (NameAlreadyBoundException there) {
            return (Context) context.lookup(name);
        }
    }

    @Override
    public void close() {
        ContextBindings.unbindClassLoader(this, null, loader);
        ContextBindings.unbindContext(this, null);
        ContextAccessController.unsetSecurityToken(name, this);
    }
}
