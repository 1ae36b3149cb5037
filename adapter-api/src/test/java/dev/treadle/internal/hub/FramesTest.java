package dev.treadle.internal.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

final class FramesTest {
    private static String shown(String... classes) {
        List<StackTraceElement> stack =
                Stream.of(classes)
                        .map(name -> new StackTraceElement(name, "run", "Some.java", 1))
                        .toList();
        return String.join(
                " ",
                Frames.thatMatter(stack).stream().map(StackTraceElement::getClassName).toList());
    }

    @Test
    void whereItStandsAndTheApplicationAreShown() {
        assertThat(
                        shown(
                                "java.net.Inet6AddressImpl",
                                "java.net.InetAddress",
                                "com.example.Shop",
                                "java.util.stream.ReferencePipeline",
                                "com.example.Shop$$SpringCGLIB$$0",
                                "org.springframework.web.servlet.DispatcherServlet",
                                "jakarta.servlet.http.HttpServlet",
                                "com.example.LogFilter",
                                "org.apache.catalina.core.StandardWrapperValve",
                                "dev.treadle.tomcat.GateValve",
                                "org.apache.coyote.http11.Http11Processor",
                                "dev.treadle.internal.engine.LiveTask",
                                "java.lang.VirtualThread"))
                .isEqualTo("java.net.Inet6AddressImpl com.example.Shop com.example.LogFilter");
    }

    /** Else a slice of a container's own code would show nothing but the JDK. */
    @Test
    void theFirstFrameOutsideTheJdkIsShownWhoeverOwnsIt() {
        assertThat(
                        shown(
                                "java.util.zip.Inflater",
                                "java.lang.ClassLoader",
                                "org.springframework.boot.loader.launch.LaunchedClassLoader",
                                "org.springframework.web.servlet.DispatcherServlet",
                                "org.eclipse.jetty.server.Server"))
                .isEqualTo(
                        "java.util.zip.Inflater org.springframework.boot.loader.launch.LaunchedClassLoader");
    }

    @Test
    void aDeepStackIsCut() {
        assertThat(
                        Stream.of(
                                shown(
                                                Stream.generate(() -> "com.example.Deep")
                                                        .limit(500)
                                                        .toArray(String[]::new))
                                        .split(" ")))
                .hasSize(Frames.MOST);
        assertThat(shown()).isEmpty();
    }
}
