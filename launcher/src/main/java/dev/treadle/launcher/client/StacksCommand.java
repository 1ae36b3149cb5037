package dev.treadle.launcher.client;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code treadle stacks ADDRESS}: groups of requests with equal stacks. */
@Command(
        name = "stacks",
        mixinStandardHelpOptions = true,
        description = "Groups the requests of a server that runs by equal stacks, most first.")
public final class StacksCommand implements Callable<Integer> {
    @Mixin private ClientOptions options = new ClientOptions();

    /** For picocli. */
    public StacksCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        try (Server server = options.server()) {
            System.out.print(text(server));
        }
        return 0;
    }

    /** Returns the groups with their stacks. */
    static String text(Server server) throws InterruptedException {
        Map<String, Object> answer = server.requests(true);
        StringBuilder text = new StringBuilder();
        for (Map<String, Object> group : Values.list(answer, "groups")) {
            text.append(Values.number(group, "count"))
                    .append(" requests, ")
                    .append(Values.text(group, "state"));
            String waitsIn = Values.text(group, "waitsIn");
            if (!waitsIn.isEmpty()) {
                text.append(" in ").append(waitsIn);
            }
            String frame = Values.text(group, "frame");
            if (!frame.isEmpty()) {
                text.append(" (").append(frame).append(')');
            }
            text.append(", oldest ")
                    .append(Values.duration(Values.number(group, "oldestMillis")))
                    .append(": ")
                    .append(String.join(", ", Values.texts(group, "requests")))
                    .append('\n');
            List<String> stack = Values.texts(group, "stack");
            stack.forEach(line -> text.append("        at ").append(line).append('\n'));
            text.append('\n');
        }
        return text.isEmpty() ? "no requests\n" : text.toString();
    }
}
