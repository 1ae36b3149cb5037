package dev.treadle.undertow;

import dev.treadle.tck.GeventSoak;

import io.undertow.Version;

/** Not part of the build: CONTRIBUTING.md has the command. */
class UndertowSoak extends UndertowWorkersContractTest implements GeventSoak {
    @Override
    public String container() {
        return "Undertow/" + Version.getVersionString();
    }
}
