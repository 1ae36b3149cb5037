package dev.treadle.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.undertow.connector.PooledByteBuffer;

import org.junit.jupiter.api.Test;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

final class SharedBufferPoolTest {
    private final SharedBufferPool pool = SharedBufferPool.forRequests(1, true, 512);

    @Test
    void aBufferRestsBeforeItIsLentAgain() {
        PooledByteBuffer lent = pool.allocate();
        ByteBuffer buffer = lent.getBuffer();
        lent.close();
        List<PooledByteBuffer> others = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            others.add(pool.allocate());
        }
        assertThat(others).allSatisfy(other -> assertThat(other.getBuffer()).isNotSameAs(buffer));
        others.forEach(PooledByteBuffer::close);
        assertThat(pool.allocate().getBuffer()).as("the oldest, after 64 others").isSameAs(buffer);
    }

    @Test
    void buffersAreUsedAgain() {
        Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 10_000; i++) {
            try (PooledByteBuffer lent = pool.allocate()) {
                seen.add(lent.getBuffer());
            }
        }
        assertThat(seen).hasSizeLessThan(100);
    }

    @Test
    void aBufferThatIsGivenBackTwiceIsLentOnce() {
        PooledByteBuffer lent = pool.allocate();
        lent.close();
        lent.close();
        assertThat(lent.isOpen()).isFalse();
        assertThatIllegalStateException().isThrownBy(lent::getBuffer);
        Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 200; i++) {
            seen.add(pool.allocate().getBuffer());
        }
        assertThat(seen).hasSize(200);
    }

    @Test
    void aBufferOfAConnectionThatClosesIsNotLentAgain() {
        PooledByteBuffer lent = pool.allocate();
        ByteBuffer buffer = lent.getBuffer();
        pool.discardWhat(lent::close);
        assertThat(lent.isOpen()).isFalse();
        assertNotLentAgain(buffer);
    }

    @Test
    void norIsOneThatIsGivenBackInTheMiddleOfAWrite() {
        SharedBufferPool.Use use = new SharedBufferPool.Use();
        use.begin();
        PooledByteBuffer lent = pool.allocate();
        ByteBuffer buffer = lent.getBuffer();
        lent.close();
        use.end();
        assertNotLentAgain(buffer);
    }

    @Test
    void norIsOneThatWasChangedWhileItWasIdle() {
        PooledByteBuffer lent = pool.allocate();
        ByteBuffer buffer = lent.getBuffer();
        lent.close();
        assertThatExceptionOfType(BufferOverflowException.class)
                .isThrownBy(() -> buffer.put((byte) 1));
        buffer.clear();
        assertNotLentAgain(buffer);
    }

    @Test
    void aBufferOfAWriteIsLentAgainAfterIt() {
        SharedBufferPool.Use use = new SharedBufferPool.Use();
        use.begin();
        PooledByteBuffer lent = pool.allocate();
        ByteBuffer buffer = lent.getBuffer();
        use.end();
        lent.close();
        assertThat(lentLater()).contains(buffer);
    }

    private void assertNotLentAgain(ByteBuffer buffer) {
        assertThat(lentLater()).doesNotContain(buffer);
    }

    /** What is lent until all that was idle has been. */
    private Set<ByteBuffer> lentLater() {
        Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 1_000; i++) {
            try (PooledByteBuffer lent = pool.allocate()) {
                seen.add(lent.getBuffer());
            }
        }
        return seen;
    }
}
