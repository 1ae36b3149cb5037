package dev.treadle.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.UnknownHostException;

final class MaskedAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.x",
        "127.0.0.1, 127.0.0.x",
        "255.200.0.255, 255.200.0.x",
        "::ffff:192.0.2.33, 192.0.2.x", // Java makes IPv4 of it
        "2001:db8:1:2:3:4:5:6, 2001:db8:1::x",
        "2001:db8::1, 2001:db8::x",
        "2001:0:1::1, 2001:0:1::x",
        "fe80::1234, fe80::x",
        "::1, ::x"
    })
    void theLastPartIsHidden(String address, String masked) throws UnknownHostException {
        assertThat(MaskedAddress.of(InetAddress.getByName(address))).isEqualTo(masked);
    }

    @Test
    void noAddressIsEmpty() {
        assertThat(MaskedAddress.of(null)).isEmpty();
    }
}
