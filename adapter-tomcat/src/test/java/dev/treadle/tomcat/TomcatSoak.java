package dev.treadle.tomcat;

import dev.treadle.tck.GeventSoak;

/** Not part of the build: CONTRIBUTING.md has the command. */
class TomcatSoak extends TomcatWorkersContractTest implements GeventSoak {}
