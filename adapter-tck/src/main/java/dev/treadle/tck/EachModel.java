package dev.treadle.tck;

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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A test that runs once for each worker model, or for gevent alone in a class that is {@link
 * HubLoopOff} or {@link HubSocketsOn}. The timeout only keeps a hung build from hanging for ever.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(EachModel.Models.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public @interface EachModel {
    /** The models of one test class. */
    final class Models implements ArgumentsProvider {
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
            return Arrays.stream(WorkerModel.values())
                    .filter(model -> !geventOnly || model == WorkerModel.GEVENT)
                    .map(Arguments::of);
        }
    }
}
