package dev.treadle.jetty;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The selectors from which a selector manager of Jetty chooses one for each new connection. It
 * keeps them in a private array, which is filled when the manager starts ({@code
 * SelectorManager._selectors}, 12.0.36 and 12.1.12). A manager that is not started can be told here
 * which selector to choose. The field of the array is final and only read.
 *
 * <p>Safe for any thread: an element is written and read without order, and each that was ever
 * written is a selector that has started.
 */
final class SelectorChoice {
    private static final String FIELD = "_selectors";

    private final @Nullable ManagedSelector[] selectors;

    private SelectorChoice(@Nullable ManagedSelector[] selectors) {
        this.selectors = selectors;
    }

    /**
     * Finds the array of a manager that is not started, and tries it once.
     *
     * @throws IllegalStateException if the manager chooses otherwise, or is not open to this class
     */
    static SelectorChoice of(SelectorManager manager) {
        try {
            Field field = SelectorManager.class.getDeclaredField(FIELD);
            field.setAccessible(true);
            SelectorChoice choice =
                    new SelectorChoice((@Nullable ManagedSelector[]) field.get(manager));
            choice.tryWith(manager);
            return choice;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError refused) {
            throw new IllegalStateException(
                    "Jetty "
                            + Server.getVersion()
                            + " cannot be told which selector a connection gets: "
                            + refused,
                    refused);
        }
    }

    /** Has the manager choose one, as for a connection. */
    private void tryWith(SelectorManager manager) {
        AtomicInteger chosen = new AtomicInteger();
        ManagedSelector counting =
                new ManagedSelector(manager, 0) {
                    @Override
                    public void submit(SelectorUpdate update) {
                        chosen.incrementAndGet();
                    }
                };
        set(counting);
        try {
            manager.acceptor(null);
        } finally {
            clear();
        }
        if (chosen.get() != 1) {
            throw new IllegalStateException(
                    SelectorManager.class.getName() + "." + FIELD + " is not what it chooses from");
        }
    }

    /** Lets the manager choose this selector until another is set. */
    void set(ManagedSelector selector) {
        Arrays.fill(selectors, selector);
    }

    /** Leaves the manager none to choose, as its own stop does. */
    void clear() {
        Arrays.fill(selectors, null);
    }
}
