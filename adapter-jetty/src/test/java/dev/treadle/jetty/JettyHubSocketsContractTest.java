package dev.treadle.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.internal.hub.JdkSockets;
import dev.treadle.tck.HubSocketsOn;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The contract where the hubs poll the sockets of their greenlets. */
@HubSocketsOn
@EnabledForJreRange(min = JRE.JAVA_24)
class JettyHubSocketsContractTest extends JettyWorkersContractTest {
    /** Otherwise all of this would pass with the JDK's pollers. */
    @Test
    void theHubsMayPoll() {
        assertThat(JdkSockets.get()).as(JdkSockets.problem()).isNotNull();
    }
}
