package dev.treadle.undertow;

import dev.treadle.tck.HubLoopOff;

/**
 * The contract where Undertow's I/O threads hand requests over to hubs with threads of their own.
 */
@HubLoopOff
class UndertowHubLoopOffContractTest extends UndertowWorkersContractTest {}
