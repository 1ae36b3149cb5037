package dev.treadle.boot;

import dev.treadle.settings.Setting;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import java.util.List;

/**
 * The condition that a worker model is set, and Treadle is not switched off. Otherwise no bean of
 * Treadle exists.
 */
final class OnWorkerModel extends SpringBootCondition {
    @Override
    public ConditionOutcome getMatchOutcome(
            ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        ConditionMessage.Builder message = ConditionMessage.forCondition("Treadle worker model");
        if (!environment.getProperty("treadle.enabled", boolean.class, true)) {
            return ConditionOutcome.noMatch(message.because("treadle.enabled is false"));
        }
        List<Setting> models = BootSettings.models(environment);
        return models.isEmpty()
                ? ConditionOutcome.noMatch(
                        message.didNotFind("treadle.threads, .virtual, .gevent").atAll())
                : ConditionOutcome.match(
                        message.found("property")
                                .items(models.stream().map(Setting::property).toList()));
    }
}
