package dev.treadle.undertow;

import dev.treadle.tck.GeventSoak;

/** Not part of the build: CONTRIBUTING.md has the command. */
class UndertowSoak extends UndertowWorkersContractTest implements GeventSoak {}
