package dev.treadle.boot;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.WorkerSettings;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks what is sent to {@link TreadleEndpoint#switchTo} before Boot does. Boot passes over names
 * it does not know, and its 400 does not say what is wrong. Over HTTP the answer is a 400 whose
 * body has the name, the value and what was expected; over JMX it is an exception with that text.
 */
final class SwitchArguments implements OperationInvokerAdvisor {
    private static final EndpointId ENDPOINT = EndpointId.of("treadle");
    private static final String MODEL = "model";
    private static final String LIMIT = "limit";
    private static final String EXPECTED_MODEL = "threads, virtual or gevent";
    private static final String EXPECTED_LIMIT =
            "a whole number from 1 to " + WorkerSettings.MAX_COUNT;

    @Override
    public OperationInvoker apply(
            EndpointId endpoint,
            OperationType type,
            OperationParameters parameters,
            OperationInvoker invoker) {
        if (!endpoint.equals(ENDPOINT) || type != OperationType.WRITE) {
            return invoker;
        }
        return context -> {
            try {
                requireGood(context.getArguments());
                return invoker.invoke(context);
            } catch (InvalidSettingException bad) {
                if (context.resolveArgument(WebServerNamespace.class) != null) {
                    return new WebEndpointResponse<>(
                            body(bad), WebEndpointResponse.STATUS_BAD_REQUEST);
                }
                String message = String.valueOf(bad.getMessage());
                throw new InvalidEndpointRequestException(message, message);
            }
        };
    }

    /**
     * @throws InvalidSettingException if a name is not known or missing, or a value is none
     */
    static void requireGood(Map<String, Object> arguments) {
        arguments.forEach((name, value) -> {
            if (!name.equals(MODEL) && !name.equals(LIMIT)) {
                throw InvalidSettingException.unknownName(
                        name, String.valueOf(value), List.of(MODEL, LIMIT));
            }
        });
        String model = text(arguments.get(MODEL));
        if (model == null || Setting.of(model).filter(Setting::isModel).isEmpty()) {
            throw new InvalidSettingException(MODEL, model, EXPECTED_MODEL);
        }
        String limit = text(arguments.get(LIMIT));
        if (limit == null || !isCount(limit)) {
            throw new InvalidSettingException(LIMIT, limit, EXPECTED_LIMIT);
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static boolean isCount(String text) {
        try {
            int count = Integer.parseInt(text);
            return count >= 1 && count <= WorkerSettings.MAX_COUNT;
        } catch (NumberFormatException noNumber) {
            return false;
        }
    }

    private static Map<String, Object> body(InvalidSettingException bad) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", String.valueOf(bad.getMessage()));
        body.put("name", bad.setting());
        String value = bad.value();
        if (value != null) {
            body.put("value", value);
        }
        body.put("expected", bad.expected());
        return body;
    }
}
