package dev.treadle.boot;

import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

import java.util.function.Consumer;

/**
 * Customises a web server factory after all others, Boot's own for virtual threads among them
 * (order 1). A factory keeps the additions of customisers in order, so the additions of this one
 * run last.
 *
 * @param <F> the kind of factory
 * @since 0.2.0
 */
public final class LastCustomizer<F extends WebServerFactory>
        implements WebServerFactoryCustomizer<WebServerFactory>, Ordered {
    private final Class<F> kind;
    private final Consumer<F> action;

    /**
     * @param kind which factories to customise
     * @param action what to do with one
     */
    public LastCustomizer(Class<F> kind, Consumer<F> action) {
        this.kind = kind;
        this.action = action;
    }

    @Override
    public void customize(WebServerFactory factory) {
        if (kind.isInstance(factory)) {
            action.accept(kind.cast(factory));
        }
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
