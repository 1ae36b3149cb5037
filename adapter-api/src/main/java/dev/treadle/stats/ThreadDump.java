package dev.treadle.stats;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The threads of requests in the two formats of {@code jcmd PID Thread.dump_to_file}, as JDK 25
 * writes them ({@code jdk.internal.vm.ThreadDumper}). Numbers are strings there. Older JDKs leave
 * {@code time}, {@code virtual} and {@code state} of a thread out.
 */
final class ThreadDump {
    private ThreadDump() {}

    private static List<RequestView> withThread(RequestReport report) {
        return report.requests().stream().filter(each -> each.thread().id() > 0).toList();
    }

    private static String name(RequestView request) {
        return request.thread().name() + ", " + request.line();
    }

    private static String pid() {
        return String.valueOf(ProcessHandle.current().pid());
    }

    static String text(RequestReport report) {
        StringBuilder text = new StringBuilder();
        text.append(pid()).append('\n');
        text.append(report.taken()).append('\n');
        text.append(Runtime.version()).append('\n');
        for (RequestView request : withThread(report)) {
            RequestThread thread = request.thread();
            text.append("\n#").append(thread.id()).append(" \"").append(name(request)).append('"');
            text.append(thread.virtual() ? " virtual " : " ").append(thread.state());
            text.append(' ').append(report.taken()).append('\n');
            for (StackTraceElement frame : thread.stack()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    static Map<String, Object> map(RequestReport report) {
        List<Map<String, Object>> threads =
                withThread(report).stream().map(each -> thread(each, report)).toList();
        Map<String, @Nullable Object> container = new LinkedHashMap<>();
        container.put("container", "treadle/" + report.model().word());
        container.put("parent", null);
        container.put("owner", null);
        container.put("threads", threads);
        container.put("threadCount", String.valueOf(threads.size()));
        Map<String, Object> dump = new LinkedHashMap<>();
        dump.put("processId", pid());
        dump.put("time", report.taken().toString());
        dump.put("runtimeVersion", Runtime.version().toString());
        dump.put("threadContainers", List.of(container));
        return Map.of("threadDump", dump);
    }

    private static Map<String, Object> thread(RequestView request, RequestReport report) {
        RequestThread thread = request.thread();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tid", String.valueOf(thread.id()));
        map.put("time", report.taken().toString());
        if (thread.virtual()) {
            map.put("virtual", true);
        }
        map.put("name", name(request));
        map.put("state", thread.state().toString());
        map.put("stack", thread.stack().stream().map(StackTraceElement::toString).toList());
        return map;
    }
}
