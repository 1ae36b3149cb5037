package dev.treadle.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

final class HealthPathsTest {
    private static MockEnvironment environment(String properties) {
        MockEnvironment environment = new MockEnvironment();
        for (String property : properties.split(" ")) {
            int equals = property.indexOf('=');
            if (equals > 0) {
                environment.setProperty(
                        property.substring(0, equals), property.substring(equals + 1));
            }
        }
        return environment;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b | /actuator/health/*",
                "server.servlet.context-path=/x | /actuator/health/*",
                "spring.mvc.servlet.path=/mvc | /mvc/actuator/health/*",
                "spring.mvc.servlet.path=mvc/ | /mvc/actuator/health/*",
                "management.endpoints.web.base-path=/manage | /manage/health/*",
                "management.endpoints.web.base-path=/ | /health/*",
                "management.endpoints.web.path-mapping.health=healthcheck | /actuator/healthcheck/*",
                "management.endpoints.web.path-mapping.health=/ | /actuator /actuator/liveness /actuator/readiness",
                "management.server.port=8081 | ''",
                "management.server.port=0 server.port=0 | ''",
                "management.server.port=-1 | ''",
                "management.server.port=8080 | /actuator/health/*",
                "management.server.port=9000 server.port=9000 | /actuator/health/*",
                "management.server.port=8081 management.endpoint.health.probes.add-additional-paths=true | /livez /readyz",
                "management.server.port=8081 management.endpoint.health.group.live.additional-path=server:/alive | /alive",
                "management.server.port=8081 management.endpoint.health.group.live.additional-path=management:/alive | ''",
                "spring.mvc.servlet.path=/mvc management.endpoint.health.group.live.additional-path=server:/alive | /mvc/actuator/health/* /mvc/alive",
                "management.endpoint.health.group.live.include=ping | /actuator/health/*",
            })
    void knowsWhereHealthIs(String properties, String patterns) {
        assertThat(String.join(" ", HealthPaths.of(environment(properties)))).isEqualTo(patterns);
    }

    /** They are patterns that the settings take. */
    @Test
    void leavesOutWhatNoPatternCanSay() {
        assertThat(HealthPaths.of(environment("management.endpoints.web.base-path=/a*b")))
                .isEmpty();
    }
}
