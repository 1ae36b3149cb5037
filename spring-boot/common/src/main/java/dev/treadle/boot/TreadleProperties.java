package dev.treadle.boot;

import org.springframework.boot.context.properties.ConfigurationProperties;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The properties {@code treadle.*} of a Boot application besides the settings of the workers. Each
 * of those settings is a property too ({@link dev.treadle.settings.Setting#property}).
 *
 * @since 0.2.0
 */
@ConfigurationProperties("treadle")
public class TreadleProperties {
    private boolean enabled = true;
    private boolean flags = true;
    private boolean taskExecution;
    private Map<String, String> limits = new LinkedHashMap<>();

    /** Made by Spring Boot. */
    public TreadleProperties() {}

    /** Whether a worker model that is set takes effect; default true. */
    public boolean isEnabled() {
        return enabled;
    }

    /**
     * For Spring Boot.
     *
     * @param enabled false: the application runs as without Treadle, with any other settings
     */
    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    /**
     * Whether {@code --threads}, {@code --gevent} and {@code --virtual} on the command line are
     * worker models; default true.
     */
    public boolean isFlags() {
        return flags;
    }

    /**
     * For Spring Boot.
     *
     * @param flags false: these words are the application's own
     */
    public void setFlags(boolean flags) {
        this.flags = flags;
    }

    /**
     * Whether the application's task executor, that of {@code @Async} and of Spring MVC's
     * asynchronous requests, runs its tasks on the same workers; default false.
     */
    public boolean isTaskExecution() {
        return taskExecution;
    }

    /**
     * For Spring Boot.
     *
     * @param taskExecution whether {@code applicationTaskExecutor} is the workers'
     */
    public void setTaskExecution(boolean taskExecution) {
        this.taskExecution = taskExecution;
    }

    /**
     * Inner limits: by path pattern, such as {@code /checkout/*}, or by the name that code asks for
     * ({@link dev.treadle.Workers#limit(String, int)}), and how many at a time; after colons, how
     * many may wait for it and how long: {@code 50:100:2s}.
     */
    public Map<String, String> getLimits() {
        return limits;
    }

    /**
     * For Spring Boot.
     *
     * @param limits by path pattern or name
     */
    public void setLimits(Map<String, String> limits) {
        this.limits = limits;
    }
}
