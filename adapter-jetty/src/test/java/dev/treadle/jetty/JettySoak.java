package dev.treadle.jetty;

import dev.treadle.tck.GeventSoak;

/** Not part of the build: CONTRIBUTING.md has the command. */
class JettySoak extends JettyWorkersContractTest implements GeventSoak {}
