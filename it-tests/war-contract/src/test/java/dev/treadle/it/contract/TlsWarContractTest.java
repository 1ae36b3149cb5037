package dev.treadle.it.contract;

import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;

/** The contract through a WAR and the launcher, over HTTP/2 with TLS. */
@Over(Protocol.H2)
class TlsWarContractTest extends H2cWarContractTest {}
