package dev.treadle.agent.core;

import dev.treadle.agent.CoreSide;
import dev.treadle.agent.ExecutorPatterns;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Reads the settings, for the agent.
 *
 * @since 0.2.0
 */
public final class AgentCore implements CoreSide {
    private @Nullable OffHubs offHubs; // written before the application begins

    /** Made by the agent. */
    public AgentCore() {}

    @Override
    public @Nullable ExecutorPatterns resolve(String arguments) {
        AgentArguments parsed = AgentArguments.parse(arguments);
        AgentWorkers.use(
                settings(parsed, System.getenv(), System.getProperties()), parsed.strict());
        return parsed.pools();
    }

    @Override
    public void prepareVirtualThreads() {
        offHubs = OffHubs.find();
    }

    @Override
    public Thread virtualThread(String name, boolean inherits, Runnable task) {
        OffHubs known = offHubs;
        return known != null && Thread.currentThread().isVirtual()
                ? known.newThread(name, inherits, task)
                : Thread.ofVirtual()
                        .name(name)
                        .inheritInheritableThreadLocals(inherits)
                        .unstarted(task);
    }

    /** Layers the sources as the command does. */
    static WorkerSettings settings(
            AgentArguments arguments, Map<String, String> environment, Properties properties) {
        List<SettingsSource> rising = new ArrayList<>();
        SettingsSource file = arguments.file().orElse(null);
        if (file != null) {
            rising.add(file);
        }
        rising.add(SettingsSource.environment(environment));
        rising.add(SettingsSource.systemProperties(properties));
        rising.add(arguments.source());
        return WorkerSettings.resolve(rising);
    }
}
