package dev.treadle.boot;

import dev.treadle.settings.InvalidSettingException;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Fails the start of an application that has an unknown name below {@code treadle.}. This holds
 * also if no worker model is set, because the misspelt name may be that of the model. With {@code
 * treadle.enabled=false} nothing is checked.
 *
 * @since 0.2.0
 */
public final class TreadleNames
        implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {
    /** Made by Spring Boot. */
    public TreadleNames() {}

    /** Last: initializers of the application may add sources. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    /**
     * @throws InvalidSettingException if a name is not known
     */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (context.getEnvironment().getProperty("treadle.enabled", boolean.class, true)) {
            KnownNames.require(context.getEnvironment());
        }
    }
}
