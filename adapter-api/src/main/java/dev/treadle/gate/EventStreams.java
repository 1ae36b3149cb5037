package dev.treadle.gate;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.function.Function;

/**
 * Tells whether the answer of a request is a stream of server-sent events, which is open for as
 * long as its client listens. An adapter asks when the first bytes of an answer go out, and when a
 * request goes on without a thread.
 *
 * @since 0.2.0
 */
public final class EventStreams {
    private static final String TYPE = "text/event-stream";
    private static final String MVC = "org.springframework.web.servlet.";

    /**
     * The attribute in which Spring MVC notes the method that handles a request, a {@code
     * HandlerMethod}.
     */
    private static final String HANDLER = MVC + "HandlerMapping.bestMatchingHandler";

    /** Where Spring MVC notes the types that this method says it produces. */
    private static final String PRODUCES = MVC + "HandlerMapping.producibleMediaTypes";

    private static final String EMITTER = MVC + "mvc.method.annotation.SseEmitter";

    private EventStreams() {}

    /**
     * Whether a content type is that of an event stream, with parameters or without.
     *
     * @param contentType as in the header; null: none
     */
    public static boolean isType(@Nullable String contentType) {
        return contentType != null
                && contentType.regionMatches(true, 0, TYPE, 0, TYPE.length())
                && (contentType.length() == TYPE.length()
                        || !isOfAToken(contentType.charAt(TYPE.length())));
    }

    private static boolean isOfAToken(char next) {
        return next != ';' && next != ' ' && next != '\t';
    }

    /**
     * Whether a request that goes on without a thread will be answered with an event stream,
     * although nothing of the answer is there yet. Spring MVC sets the content type of an {@code
     * SseEmitter} with its first event, which may be hours away; but it has noted which method
     * handles the request, and that one returns an {@code SseEmitter} or produces no other type.
     *
     * @param attributes returns attributes of the request by name
     */
    public static boolean isAnnounced(Function<String, @Nullable Object> attributes) {
        Object handler = attributes.apply(HANDLER);
        return handler != null
                && (producesEvents(attributes.apply(PRODUCES)) || returnsEmitter(handler));
    }

    private static boolean producesEvents(@Nullable Object types) {
        return types instanceof Collection<?> each
                && !each.isEmpty()
                && each.stream().allMatch(type -> isType(String.valueOf(type)));
    }

    private static boolean returnsEmitter(Object handler) {
        try {
            return handler.getClass().getMethod("getMethod").invoke(handler)
                            instanceof Method method
                    && namesEmitter(method.getGenericReturnType());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError noHandlerMethod) {
            return false; // a handler of another kind: its answer tells, when it begins
        }
    }

    /** Also as what a ResponseEntity holds. */
    private static boolean namesEmitter(Type type) {
        if (type instanceof ParameterizedType generic) {
            for (Type argument : generic.getActualTypeArguments()) {
                if (namesEmitter(argument)) {
                    return true;
                }
            }
            return namesEmitter(generic.getRawType());
        }
        for (Class<?> each = type instanceof Class<?> known ? known : null;
                each != null;
                each = each.getSuperclass()) {
            if (each.getName().equals(EMITTER)) {
                return true;
            }
        }
        return false;
    }
}
