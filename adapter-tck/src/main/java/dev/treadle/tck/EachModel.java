package dev.treadle.tck;

import static java.util.stream.Collectors.toCollection;

import dev.treadle.settings.WorkerModel;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A test that runs once for each worker model, or for gevent alone in a class that is {@link
 * HubLoopOff} or {@link HubSocketsOn}. The system properties {@code treadle.tck.http1.models} and
 * {@code treadle.tck.http2.models} choose for each protocol: {@code all}, the default, or names
 * with commas. The timeout only keeps a hung build from hanging for ever.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(EachModel.Models.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public @interface EachModel {
    /** The models of one test class. */
    final class Models implements ArgumentsProvider {
        private static final Set<WorkerModel> OVER_HTTP1 = models("treadle.tck.http1.models");
        private static final Set<WorkerModel> OVER_HTTP2 = models("treadle.tck.http2.models");

        /** For JUnit. */
        public Models() {}

        @Override
        public Stream<? extends Arguments> provideArguments(
                ParameterDeclarations parameters, ExtensionContext context) {
            Class<?> contract = context.getRequiredTestClass();
            boolean geventOnly =
                    contract.isAnnotationPresent(HubLoopOff.class)
                            || contract.isAnnotationPresent(HubSocketsOn.class);
            if (geventOnly
                    && context.getRequiredTestMethod()
                            .getDeclaringClass()
                            .isAnnotationPresent(SameWithoutLoops.class)) {
                return Stream.empty(); // run in the sister class
            }
            return (isHttp2(contract) ? OVER_HTTP2 : OVER_HTTP1)
                    .stream()
                            .filter(model -> !geventOnly || model == WorkerModel.GEVENT)
                            .map(Arguments::of);
        }

        private static boolean isHttp2(Class<?> contract) {
            return Http2Contract.class.isAssignableFrom(contract);
        }

        private static Set<WorkerModel> models(String property) {
            String names = System.getProperty(property, "all");
            return names.equals("all")
                    ? EnumSet.allOf(WorkerModel.class)
                    : Arrays.stream(names.split(","))
                            .map(name -> WorkerModel.valueOf(name.toUpperCase(Locale.ROOT)))
                            .collect(toCollection(() -> EnumSet.noneOf(WorkerModel.class)));
        }
    }
}
