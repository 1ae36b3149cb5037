package dev.treadle.it.contract;

import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http2.Http2Protocol;

import java.lang.management.ManagementFactory;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The contract sends tiny frames and many resets over HTTP/2, which Tomcat takes for an attack. */
final class TomcatLimits {
    private TomcatLimits() {}

    /** Turns those limits off in each Tomcat that runs in this JVM, for later connections. */
    static void lift() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : beans.queryNames(new ObjectName("*:type=Service"), null)) {
            Service service = (Service) beans.getAttribute(name, "managedResource");
            for (Connector connector : service.findConnectors()) {
                for (UpgradeProtocol upgrade : connector.findUpgradeProtocols()) {
                    if (upgrade instanceof Http2Protocol http2) {
                        http2.setOverheadDataThreshold(0);
                        http2.setOverheadResetFactor(0);
                    }
                }
            }
        }
    }
}
