package dev.treadle.tomcat;

import dev.treadle.tck.HubLoopOff;

/** The contract where Tomcat's poller hands requests over to hubs with threads of their own. */
@HubLoopOff
class TomcatHubLoopOffContractTest extends TomcatWorkersContractTest {}
