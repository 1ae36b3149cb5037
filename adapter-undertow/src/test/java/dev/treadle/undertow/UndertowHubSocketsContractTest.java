package dev.treadle.undertow;

import dev.treadle.tck.HubSocketsContract;
import dev.treadle.tck.HubSocketsOn;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** The contract where the hubs poll the sockets of their greenlets. */
@HubSocketsOn
@EnabledForJreRange(min = JRE.JAVA_24)
class UndertowHubSocketsContractTest extends UndertowWorkersContractTest
        implements HubSocketsContract {}
