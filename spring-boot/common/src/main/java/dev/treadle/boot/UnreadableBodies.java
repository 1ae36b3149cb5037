package dev.treadle.boot;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Says what is wrong with a body that {@link SwitchArguments} does not see, because Boot cannot
 * read it: no JSON, no object, or a value that is an object or a list.
 */
final class UnreadableBodies implements HandlerExceptionResolver, Ordered {
    /** The name of the handler of each request to the endpoint, in Boot 3.5 and 4. */
    private static final String HANDLER = "Actuator web endpoint 'treadle'";

    private static final String EXPECTED = "a JSON object such as {'model':'virtual','limit':1000}";

    /** The client's text is not repeated: it can be of any length. */
    private static final String ANSWER =
            """
            {"error":"body: unreadable (expected: %1$s)","name":"body","value":"unreadable","expected":"%1$s"}\
            """
                    .formatted(EXPECTED.replace("'", "\\\""));

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request,
            HttpServletResponse response,
            @Nullable Object handler,
            Exception failure) {
        if (!(failure instanceof HttpMessageNotReadableException)
                || !(handler instanceof HandlerMethod method)
                || !HANDLER.equals(method.getBean().toString())) {
            return null;
        }
        response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        try {
            response.getWriter().write(ANSWER);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
        return new ModelAndView(); // it is answered
    }
}
