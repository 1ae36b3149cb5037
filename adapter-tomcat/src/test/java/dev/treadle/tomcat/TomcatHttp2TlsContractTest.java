package dev.treadle.tomcat;

import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;

/** The contract over HTTP/2 with TLS. */
@Over(Protocol.H2)
class TomcatHttp2TlsContractTest extends TomcatH2cContractTest {}
