package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class VirtualEngineTest extends EngineContract {
    VirtualEngineTest() {
        super("treadle-virtual-\\d+");
    }

    @Override
    Engine newEngine() {
        return new VirtualEngine();
    }

    @Test
    void eachTaskHasAVirtualThreadOfItsOwn() throws Exception {
        Thread first = on(engine(), Thread::currentThread);
        Thread second = on(engine(), Thread::currentThread);

        assertThat(first.isVirtual()).isTrue();
        assertThat(second).isNotSameAs(first);
    }
}
