package dev.treadle.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

/**
 * The announcement of an {@code SseEmitter} is tested with Spring itself, in a Boot application.
 */
final class EventStreamsTest {
    private static final String HANDLER =
            "org.springframework.web.servlet.HandlerMapping.bestMatchingHandler";
    private static final String PRODUCES =
            "org.springframework.web.servlet.HandlerMapping.producibleMediaTypes";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "text/event-stream;charset=UTF-8",
                "text/event-stream ; charset=UTF-8",
                "Text/Event-Stream"
            })
    void isAStream(String type) {
        assertThat(EventStreams.isType(type)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "text/event",
                "text/event-streams",
                "text/plain",
                "application/json;as=text/event-stream"
            })
    void isNone(@Nullable String type) {
        assertThat(EventStreams.isType(type)).isFalse();
    }

    /** As Spring's, with a method of the given kind. */
    public record Handler(Method getMethod) {}

    /** A handler. */
    public static List<String> texts() {
        return List.of();
    }

    private static boolean isAnnounced(Map<String, Object> attributes) {
        return EventStreams.isAnnounced(attributes::get);
    }

    @Test
    void isAnnouncedByWhatTheHandlerProduces() throws Exception {
        Handler handler = new Handler(EventStreamsTest.class.getMethod("texts"));

        assertThat(isAnnounced(Map.of())).isFalse();
        assertThat(isAnnounced(Map.of(PRODUCES, List.of("text/event-stream")))).isFalse();
        assertThat(isAnnounced(Map.of(HANDLER, handler))).isFalse();
        assertThat(isAnnounced(Map.of(HANDLER, "a handler of another kind"))).isFalse();
        assertThat(isAnnounced(Map.of(HANDLER, handler, PRODUCES, List.of()))).isFalse();
        assertThat(
                        isAnnounced(
                                Map.of(
                                        HANDLER,
                                        handler,
                                        PRODUCES,
                                        List.of("text/event-stream", "application/json"))))
                .isFalse();
        assertThat(isAnnounced(Map.of(HANDLER, handler, PRODUCES, List.of("text/event-stream"))))
                .isTrue();
    }
}
