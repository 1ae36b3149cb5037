package dev.treadle.it.agent;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;

import dev.treadle.it.standalone.ServerProcess;

import java.io.IOException;

import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The MBean of the only workers of a process, as {@code treadle switch PID} finds it. */
final class WorkersBean implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;
    private final ObjectName name;

    @SuppressWarnings("BanJNDI") // the address is that of a JVM that this test has started
    WorkersBean(ServerProcess process)
            throws IOException, AttachNotSupportedException, JMException {
        VirtualMachine jvm = VirtualMachine.attach(String.valueOf(process.server().pid()));
        String address;
        try {
            address = jvm.startLocalManagementAgent();
        } finally {
            jvm.detach();
        }
        connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
        server = connector.getMBeanServerConnection();
        name =
                server.queryNames(new ObjectName("dev.treadle:type=Workers,*"), null)
                        .iterator()
                        .next();
    }

    /** Switches to another model or N. */
    void switchTo(String model, int n) throws IOException, JMException {
        server.invoke(
                name,
                "switchTo",
                new Object[] {model, n},
                new String[] {String.class.getName(), int.class.getName()});
    }

    Object get(String attribute) throws IOException, JMException {
        return server.getAttribute(name, attribute);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
