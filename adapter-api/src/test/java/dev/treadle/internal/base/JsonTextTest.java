package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class JsonTextTest {
    @Test
    void eachTypeIsWritten() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("number", -12L);
        map.put("fraction", 0.5);
        map.put("endless", Double.POSITIVE_INFINITY);
        map.put("flag", true);
        map.put("list", Arrays.asList("a", null, List.of(), Map.of()));
        assertThat(JsonText.of(map))
                .isEqualTo(
                        "{\"number\":-12,\"fraction\":0.5,\"endless\":\"Infinity\",\"flag\":true,"
                                + "\"list\":[\"a\",null,[],{}]}");
    }

    @Test
    void textIsEscaped() {
        assertThat(JsonText.of("\"\\/\n\u007f\u00e4\u2028\ud83d\ude00"))
                .isEqualTo("\"\\\"\\\\/\\u000a\\u007f\\u00e4\\u2028\\ud83d\\ude00\"");
    }
}
