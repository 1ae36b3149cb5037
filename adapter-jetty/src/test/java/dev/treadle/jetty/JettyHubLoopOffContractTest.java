package dev.treadle.jetty;

import dev.treadle.tck.HubLoopOff;

/** The contract where Jetty's selectors hand requests over to hubs with threads of their own. */
@HubLoopOff
class JettyHubLoopOffContractTest extends JettyWorkersContractTest {}
