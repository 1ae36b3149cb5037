package dev.treadle.jetty;

import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;

/** The contract over HTTP/2 with TLS. */
@Over(Protocol.H2)
class JettyHttp2TlsContractTest extends JettyH2cContractTest {}
