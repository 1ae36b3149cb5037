package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientTextTest {
    @Test
    void ordinaryTextStaysTheSameObject() {
        String path = "/checkout/\u00e9t\u00e9/\uD83D\uDE00?";
        assertThat(ClientText.shown(path)).isSameAs(path);
        String longest = "x".repeat(ClientText.MOST);
        assertThat(ClientText.shown(longest)).isSameAs(longest);
    }

    @ParameterizedTest
    @CsvSource({
        "10,     \\u000a",
        "13,     \\u000d",
        "27,     \\u001b",
        "0,      \\u0000",
        "9,      \\u0009",
        "127,    \\u007f",
        "133,    \\u0085",
        "155,    \\u009b",
        "8203,   \\u200b",
        "8232,   \\u2028",
        "8233,   \\u2029",
        "8238,   \\u202e",
        "8294,   \\u2066",
        "65279,  \\ufeff",
        "57344,  \\ue000",
        "55296,  \\ud800",
        "917601, \\udb40\\udc61",
    })
    void whatATerminalObeysOrAReaderOverlooksIsEscaped(int point, String escape) {
        assertThat(ClientText.shown("a" + Character.toString(point) + "b"))
                .isEqualTo("a" + escape + "b");
    }

    @Test
    void whatIsLongIsCutAndNoEscapeIsCutInTwo() {
        assertThat(ClientText.shown("x".repeat(201))).isEqualTo("x".repeat(197) + "...");
        assertThat(ClientText.shown("\n".repeat(201))).isEqualTo("\\u000a".repeat(32) + "...");
        assertThat(ClientText.shown("x".repeat(194) + "\n")).isEqualTo("x".repeat(194) + "\\u000a");
    }

    @Test
    void textThatWasEscapedStaysAsItIs() {
        String shown = ClientText.shown("/x\r\n" + "\u202e".repeat(100));
        assertThat(ClientText.shown(shown)).isEqualTo(shown);
    }
}
