package dev.treadle.jetty;

import dev.treadle.tck.GeventSoak;

import org.eclipse.jetty.server.Server;

/** Not part of the build: CONTRIBUTING.md has the command. */
class JettySoak extends JettyWorkersContractTest implements GeventSoak {
    @Override
    public String container() {
        return "Jetty/" + Server.getVersion();
    }
}
