package dev.treadle;

import dev.treadle.internal.base.JsonText;
import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.stats.LimitStats;
import dev.treadle.stats.Report;
import dev.treadle.stats.RunningRequest;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Shows workers in JMX from their installation until they are closed. */
final class WorkersBean implements WorkersMXBean {
    private static final Logger LOG = System.getLogger("dev.treadle.workers");
    private static final int MOST_OF_A_NAME = 1_000;

    /** From the first word that begins with a digit. */
    private static final Pattern VERSION = Pattern.compile("[ /]\\d.*");

    private final Workers workers;

    private WorkersBean(Workers workers) {
        this.workers = workers;
    }

    /**
     * Registers the bean, if the JVM lets it.
     *
     * @param container such as {@code Tomcat 11.0.25}; the name has no version, so that a monitor
     *     finds the bean after an update
     * @return an action that removes it again
     */
    static AutoCloseable register(Workers workers, String container) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        WorkersBean bean = new WorkersBean(workers);
        try {
            ObjectName name = bean.registerIn(server, VERSION.matcher(container).replaceFirst(""));
            return () -> unregister(server, name);
        } catch (JMException | SecurityException refused) {
            LOG.log(Level.WARNING, "JMX: the workers cannot be shown", refused);
            return () -> {};
        }
    }

    private ObjectName registerIn(MBeanServer server, String container) throws JMException {
        for (int i = 1; i <= MOST_OF_A_NAME; i++) {
            String shown = i == 1 ? container : container + " (" + i + ")";
            ObjectName name =
                    new ObjectName("dev.treadle:type=Workers,name=" + ObjectName.quote(shown));
            try {
                server.registerMBean(this, name);
                return name;
            } catch (InstanceAlreadyExistsException taken) {
                // another server of the same kind in this JVM: the next number
            }
        }
        throw new InstanceAlreadyExistsException(container + ", " + MOST_OF_A_NAME + " times");
    }

    private static void unregister(MBeanServer server, ObjectName name) throws JMException {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException gone) {
            // it has been removed by other code
        }
    }

    @Override
    public String getSummary() {
        return workers.settings().summary();
    }

    @Override
    public String getContainer() {
        return workers.container().orElse("");
    }

    @Override
    public List<String> getSettings() {
        return workers.settings().describe();
    }

    @Override
    public String getModel() {
        return workers.settings().model().toString();
    }

    @Override
    public int getLimit() {
        return workers.gate().limit();
    }

    @Override
    public int getActive() {
        return workers.gate().active();
    }

    @Override
    public int getStreams() {
        return workers.gate().streams();
    }

    @Override
    public int getWaiting() {
        return workers.stats().gate().queue().waiting();
    }

    @Override
    public long getCompleted() {
        return workers.stats().gate().completed();
    }

    @Override
    public long getRefused() {
        return workers.stats().gate().refused().total();
    }

    @Override
    public long getRefusedByLimits() {
        return workers.stats().gate().refusedByLimits().total();
    }

    @Override
    public long getRefusedStreams() {
        return workers.stats().gate().refused().streams();
    }

    @Override
    public long getClientsGone() {
        return workers.stats().gate().refused().clientsGone();
    }

    @Override
    public long getHarakiris() {
        return workers.stats().gate().harakiris();
    }

    @Override
    public int getStuck() {
        return workers.stats().gate().stuck();
    }

    @Override
    public long getLongestWaitingMillis() {
        return workers.stats().gate().queue().longestWaiting().toMillis();
    }

    @Override
    public long getLeftQueue() {
        return workers.stats().gate().queue().left();
    }

    @Override
    public long getTimeInQueueMillis() {
        return workers.stats().gate().queue().totalTime().toMillis();
    }

    @Override
    public long getQueueTimeMedianMillis() {
        return workers.stats().gate().queue().recent().median().toMillis();
    }

    @Override
    public long getQueueTimeP95Millis() {
        return workers.stats().gate().queue().recent().p95().toMillis();
    }

    @Override
    public long getQueueTimeP99Millis() {
        return workers.stats().gate().queue().recent().p99().toMillis();
    }

    @Override
    public long getQueueTimeMaxMillis() {
        return workers.stats().gate().queue().recent().max().toMillis();
    }

    @Override
    public long getRunTimeMedianMillis() {
        return workers.stats().gate().run().recent().median().toMillis();
    }

    @Override
    public long getRunTimeP95Millis() {
        return workers.stats().gate().run().recent().p95().toMillis();
    }

    @Override
    public long getRunTimeP99Millis() {
        return workers.stats().gate().run().recent().p99().toMillis();
    }

    @Override
    public long getRunTimeMaxMillis() {
        return workers.stats().gate().run().recent().max().toMillis();
    }

    @Override
    public long getRetakes() {
        return workers.stats().hubs().retakes();
    }

    @Override
    public long getLongSlices() {
        return workers.stats().hubs().longSlices();
    }

    @Override
    public long getLongestRunningMillis() {
        return workers.stats().gate().longestRunning().toMillis();
    }

    @Override
    public long getSwitches() {
        return workers.stats().switches();
    }

    @Override
    public boolean isReady() {
        return workers.gate().ready();
    }

    @Override
    public List<String> getRequests() {
        return workers.gate().requests().stream().map(RunningRequest::toString).toList();
    }

    @Override
    public String requestGroups() {
        return workers.requestReport().groupsToText();
    }

    @Override
    public String toJson(String part) {
        return JsonText.of(
                switch (part) {
                    case "stats" -> stats();
                    case "requests" -> workers.requestReport().toMap();
                    case "groups" -> workers.requestReport().groupsToMap();
                    case "reports" ->
                            Map.of(
                                    "reports",
                                    workers.recentReports().stream().map(Report::toMap).toList());
                    case "thread-locals" -> workers.gate().threadLocalCopies();
                    default ->
                            throw new IllegalArgumentException(
                                    "part: "
                                            + part
                                            + " (expected: stats, requests, groups, reports or"
                                            + " thread-locals)");
                });
    }

    private Map<String, Object> stats() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("container", getContainer());
        map.putAll(workers.stats().toMap());
        return map;
    }

    @Override
    public List<String> getRecentReports() {
        return workers.recentReports().stream().map(Report::toString).toList();
    }

    @Override
    public List<String> getLimits() {
        return workers.stats().limits().stream().map(LimitStats::toString).toList();
    }

    @Override
    public String switchTo(String model, int n) {
        if (Setting.of(model).filter(Setting::isModel).isEmpty()) {
            throw new IllegalArgumentException(
                    "model: " + model + " (expected: threads, virtual or gevent)");
        }
        return change(Map.of(model, String.valueOf(n)));
    }

    @Override
    public String set(String name, String value) {
        return change(Map.of(name, value));
    }

    private String change(Map<String, String> changes) {
        try {
            workers.switchTo(workers.settings().changed("JMX", changes));
            return getSummary();
        } catch (InvalidSettingException | IllegalStateException wrong) {
            // a console has not our classes: it is to show the message all the same
            throw new IllegalArgumentException(wrong.getMessage());
        }
    }

    @Override
    public String toString() {
        return "JMX bean";
    }
}
