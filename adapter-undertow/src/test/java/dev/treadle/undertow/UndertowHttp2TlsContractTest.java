package dev.treadle.undertow;

import dev.treadle.tck.Over;
import dev.treadle.tck.Protocol;

/** The contract over HTTP/2 with TLS. */
@Over(Protocol.H2)
class UndertowHttp2TlsContractTest extends UndertowH2cContractTest {}
