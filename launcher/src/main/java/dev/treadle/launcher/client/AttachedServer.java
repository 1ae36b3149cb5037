package dev.treadle.launcher.client;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.launcher.stats.JvmFacts;
import dev.treadle.settings.InvalidSettingException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.RuntimeMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A server in another process of this machine, asked over JMX. The JVM is found by its process id.
 * It starts the JMX agent of the JDK if it has none yet, for connections of this machine only.
 */
final class AttachedServer implements Server {
    /** A process that is frozen gives no answer; an attach waits for ten seconds by itself. */
    private static final long PATIENCE_SECONDS = 20;

    private static final String BEANS = "dev.treadle:type=Workers,name=*";
    private static final String EXPECTED =
            "the id of a process of this user and machine that runs a JVM with Treadle";

    private final String pid;
    private final JMXConnector connector;
    private final ObjectName bean;

    private AttachedServer(String pid, JMXConnector connector, ObjectName bean) {
        this.pid = pid;
        this.connector = connector;
        this.bean = bean;
    }

    /**
     * Returns the servers in a process, at least one.
     *
     * @throws InvalidSettingException if there is no such process, or none with Treadle
     * @throws StartFailedException if it cannot be asked
     */
    static List<Server> in(String pid) throws InterruptedException {
        ProcessHandle process =
                handle(pid)
                        .orElseThrow(() ->
                                new InvalidSettingException(
                                        "PID",
                                        pid,
                                        EXPECTED
                                                + "; there is no such process; a port is written :"
                                                + pid));
        JMXConnector connector = bounded(pid, () -> connect(pid, process));
        List<Server> servers =
                bounded(
                        pid,
                        () ->
                                connector
                                        .getMBeanServerConnection()
                                        .queryNames(new ObjectName(BEANS), null)
                                        .stream()
                                        .sorted()
                                        .<Server>map(
                                                name -> new AttachedServer(pid, connector, name))
                                        .toList());
        if (servers.isEmpty()) {
            throw new InvalidSettingException(
                    "PID", pid, EXPECTED + "; this JVM runs no server with Treadle");
        }
        return servers;
    }

    private static Optional<ProcessHandle> handle(String pid) {
        try {
            return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("BanJNDI") // the address is that of a JVM of this user, from its own socket
    private static JMXConnector connect(String pid, ProcessHandle process) {
        requireOwn(pid, process);
        String address;
        try {
            VirtualMachine jvm = VirtualMachine.attach(pid);
            try {
                address = jvm.startLocalManagementAgent();
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException | IOException refused) {
            throw new StartFailedException(refusal(pid, process, refused), refused);
        }
        try {
            return JMXConnectorFactory.connect(new JMXServiceURL(address));
        } catch (IOException | SecurityException refused) {
            throw failed(pid, "its JMX agent refuses the connection: " + refused, refused);
        }
    }

    /** Root can attach to any JVM, and would then trust the address that one gives. */
    private static void requireOwn(String pid, ProcessHandle process) {
        String user = process.info().user().orElse("");
        String own = ProcessHandle.current().info().user().orElse(user);
        if (!user.equals(own)) {
            String reason =
                    "it is a process of the user "
                            + TerminalText.line(user)
                            + "; run the command as that user";
            throw failed(pid, reason, null);
        }
    }

    private static String refusal(String pid, ProcessHandle process, Exception refused) {
        String user = process.info().user().orElse("");
        String reason =
                user.isEmpty() || user.equals(System.getProperty("user.name"))
                        ? "it is no JVM that can be attached to (-XX:+DisableAttachMechanism forbids it,"
                                + " and a runtime image may lack the modules jdk.attach and"
                                + " jdk.management.agent)"
                        : "it is a process of the user " + TerminalText.line(user);
        return text(pid, reason + ": " + TerminalText.line(String.valueOf(refused.getMessage())));
    }

    private static StartFailedException failed(
            String pid, String reason, @Nullable Throwable cause) {
        return new StartFailedException(text(pid, reason), cause);
    }

    private static String text(String pid, String reason) {
        return "PID: " + pid + " (expected: " + EXPECTED + "): " + TerminalText.line(reason);
    }

    /** Calls on a thread that is given up if there is no answer. */
    private static <T> T bounded(String pid, Callable<T> call) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread.ofPlatform().daemon().name("treadle-jmx").start(task);
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException frozen) {
            throw failed(
                    pid,
                    "no answer within " + PATIENCE_SECONDS + " seconds; is it frozen?",
                    frozen);
        } catch (ExecutionException thrown) {
            throw asFailed(pid, thrown);
        }
    }

    private static RuntimeException asFailed(String pid, ExecutionException thrown) {
        Throwable cause = thrown.getCause();
        return switch (cause) {
            case InvalidSettingException mistake -> mistake;
            case StartFailedException told -> told;
            case RuntimeMBeanException refused ->
                    failed(pid, String.valueOf(refused.getTargetException().getMessage()), refused);
            case InstanceNotFoundException gone -> failed(pid, "the server has been stopped", gone);
            case ReflectionException other ->
                    failed(pid, "its Treadle is of a version that does not tell this", other);
            case null -> failed(pid, "no answer", thrown);
            default -> failed(pid, "no answer: " + cause, cause);
        };
    }

    @Override
    public String name() {
        return pid + " " + ObjectName.unquote(bean.getKeyProperty("name"));
    }

    @Override
    public Map<String, Object> numbers() throws InterruptedException {
        Map<String, Object> numbers = new LinkedHashMap<>(part("stats"));
        numbers.put("jvm", bounded(pid, () -> jvm(connector.getMBeanServerConnection())));
        return numbers;
    }

    private static Map<String, Object> jvm(MBeanServerConnection beans) throws IOException {
        return JvmFacts.map(
                ManagementFactory.getPlatformMXBean(beans, RuntimeMXBean.class),
                ManagementFactory.getPlatformMXBean(beans, OperatingSystemMXBean.class),
                ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class),
                ManagementFactory.getPlatformMXBeans(beans, MemoryPoolMXBean.class));
    }

    @Override
    public Map<String, Object> requests(boolean grouped) throws InterruptedException {
        return part(grouped ? "groups" : "requests");
    }

    @Override
    public Map<String, Object> reports() throws InterruptedException {
        return part("reports");
    }

    @Override
    public Map<String, Object> threadLocals() throws InterruptedException {
        return part("thread-locals");
    }

    private Map<String, Object> part(String part) throws InterruptedException {
        String json =
                bounded(
                        pid,
                        () ->
                                (String)
                                        invoke(
                                                "toJson",
                                                new Object[] {part},
                                                new String[] {String.class.getName()}));
        try {
            return JSON.std.mapFrom(json);
        } catch (IOException other) {
            throw failed(pid, "no answer of Treadle: " + json, other);
        }
    }

    private Object invoke(String operation, Object[] arguments, String[] types)
            throws JMException, IOException {
        return connector.getMBeanServerConnection().invoke(bean, operation, arguments, types);
    }

    @Override
    public String switchTo(String model, int n) throws InterruptedException {
        return bounded(
                pid,
                () ->
                        String.valueOf(
                                invoke(
                                        "switchTo",
                                        new Object[] {model, n},
                                        new String[] {
                                            String.class.getName(), int.class.getName()
                                        })));
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException gone) {
            // the process has ended
        }
    }
}
