package dev.treadle.boot;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Understands the flags {@code --gevent 1000}, {@code --threads 1000} and {@code --virtual [N]} of
 * an application's command line, as uWSGI's users write them; {@code --gevent=1000} too. Boot's own
 * parser takes the number of the first form for an argument of its own. They become the properties
 * {@code treadle.gevent} and so on, stronger than those of every other source.
 *
 * <p>All other settings have their long names on the command line, {@code --treadle.queue=100}:
 * short ones may be the application's own.
 *
 * <p>An application that has such words of its own takes them back with {@code
 * treadle.flags=false}.
 *
 * <p>It sees what the application gives to {@code SpringApplication.run}. A {@code main} that
 * passes no arguments on has no flags.
 *
 * @since 0.2.0
 */
public final class TreadleFlags
        implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    /** The name of the property source that holds them. */
    static final String SOURCE = "treadleFlags";

    /**
     * After config files are read, at {@code HIGHEST_PRECEDENCE + 10}
     * (EnvironmentPostProcessorApplicationListener).
     */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 11;

    private static final List<Setting> MODELS =
            List.of(Setting.THREADS, Setting.VIRTUAL, Setting.GEVENT);

    /** Made by Spring Boot. */
    public TreadleFlags() {}

    @Override
    public int getOrder() {
        return ORDER;
    }

    /**
     * @throws InvalidSettingException if a flag is there twice
     */
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (!event.getEnvironment().getProperty("treadle.flags", boolean.class, true)) {
            return;
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        parse(event.getArgs()).forEach((model, n) -> properties.put(model.property(), n));
        if (properties.isEmpty()) {
            return;
        }
        MutablePropertySources sources = event.getEnvironment().getPropertySources();
        sources.remove(SOURCE); // Spring Cloud prepares more than one environment
        sources.addFirst(new MapPropertySource(SOURCE, properties));
    }

    /** Returns the flag that has set the model; empty if something else has. */
    static Optional<String> flagOf(WorkerSettings settings) {
        return MODELS.stream()
                .filter(model -> ("flag " + model.flag()).equals(settings.sources().get(model)))
                .map(Setting::flag)
                .findFirst();
    }

    /** Returns the models that are named, each with its value, or the empty string. */
    static Map<Setting, String> parse(String[] arguments) {
        Map<Setting, String> found = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            for (Setting model : MODELS) {
                String value = value(arguments, i, model);
                String before = value == null ? null : found.put(model, value);
                if (before != null) {
                    throw new InvalidSettingException(
                            model.flag(), before + " and " + value, "once; leave the other out");
                }
            }
        }
        return found;
    }

    private static @Nullable String value(String[] arguments, int at, Setting model) {
        String argument = arguments[at];
        if (argument.startsWith(model.flag() + "=")) {
            return argument.substring(model.flag().length() + 1);
        }
        if (!argument.equals(model.flag())) {
            return null;
        }
        String next = at + 1 < arguments.length ? arguments[at + 1] : "";
        // --virtual needs no number, and what follows may be an argument of the application's own
        boolean belongs = model == Setting.VIRTUAL ? next.matches("\\d+") : !next.startsWith("-");
        return belongs ? next : "";
    }
}
