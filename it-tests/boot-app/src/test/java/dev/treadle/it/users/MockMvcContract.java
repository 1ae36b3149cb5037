package dev.treadle.it.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import dev.treadle.Workers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.MockMvc;

import java.lang.management.ManagementFactory;

/**
 * The whole application, {@code treadle.gevent} in it, and no server. The build gives this JVM no
 * {@code --add-opens}, as it gives none to the JVM of most tests of users.
 */
@ExtendWith(OutputCaptureExtension.class)
public abstract class MockMvcContract {
    @Autowired private MockMvc mvc;
    @Autowired private Workers workers;

    /** For the test of each line of Boot. */
    protected MockMvcContract() {}

    @Test
    void pagesAreServedAndNothingIsSaid(CapturedOutput log) throws Exception {
        mvc.perform(get("/hello")).andExpect(status().isOk()).andExpect(content().string("hello"));
        mvc.perform(get("/private/me")).andExpect(status().isUnauthorized());
        mvc.perform(get("/actuator/health"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.components.treadle.status").value("UP"));
        mvc.perform(get("/actuator/treadle"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.gate.limit").value(500));

        Pages.assertNoWarningOfOurs(log);
        assertThat(log.toString()).doesNotContain("Treadle 0");
    }

    @Test
    void thereAreNoHubs() {
        assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments())
                .as("what the build gives this JVM")
                .noneMatch(option -> option.startsWith("--add-opens"));
        assertThat(workers.settings().hubs()).isZero();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("treadle-hub"));
    }

    @Test
    void codeHasItsLimits() throws Exception {
        assertThat(workers.settings().limit()).isEqualTo(500);
        assertThat(workers.limit("payments", 2).name()).isEqualTo("payments");
    }
}
