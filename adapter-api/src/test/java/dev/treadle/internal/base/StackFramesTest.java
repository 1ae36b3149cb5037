package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

final class StackFramesTest {
    private static String own(String... classes) {
        List<StackTraceElement> stack =
                Stream.of(classes)
                        .map(name -> new StackTraceElement(name, "run", "Some.java", 1))
                        .toList();
        StackTraceElement own = StackFrames.ofApplication(stack);
        return own == null ? "" : own.getClassName();
    }

    @Test
    void theApplicationIsBelowDriversPoolsProxiesAndSpring() {
        assertThat(
                        own(
                                "java.lang.VirtualThread",
                                "com.zaxxer.hikari.pool.HikariPool",
                                "org.hibernate.internal.SessionImpl",
                                "org.springframework.orm.jpa.JpaTransactionManager",
                                "java.lang.reflect.Method",
                                "jdk.proxy2.$Proxy97",
                                "com.example.$Proxy3",
                                "com.example.OrderService$$SpringCGLIB$$0",
                                "dev.treadle.Limit",
                                "com.example.OrderDao",
                                "com.example.OrderController"))
                .isEqualTo("com.example.OrderDao");
    }

    @Test
    void codeOfContainersIsNotTheApplication() {
        assertThat(
                        own(
                                "java.lang.Object",
                                "jakarta.servlet.http.HttpServlet",
                                "org.apache.catalina.core.StandardWrapperValve",
                                "org.apache.coyote.http11.Http11Processor",
                                "org.apache.tomcat.util.net.NioEndpoint",
                                "org.apache.jasper.servlet.JspServlet",
                                "org.eclipse.jetty.server.Server",
                                "io.undertow.server.Connectors",
                                "org.xnio.XnioWorker",
                                "io.netty.channel.nio.NioEventLoop",
                                "dev.treadle.internal.engine.LiveTask",
                                "dev.treadle.tomcat.GateValve"))
                .isEmpty();
        assertThat(own()).isEmpty();
    }

    /** Names that begin alike belong to somebody else. */
    @Test
    void aPackageOfASimilarNameIsTheApplication() {
        assertThat(own("java.lang.Thread", "javanese.Cook")).isEqualTo("javanese.Cook");
        assertThat(own("org.apache.catalinashop.Cart")).isEqualTo("org.apache.catalinashop.Cart");
    }

    @Test
    void textHasNeitherModuleNorLoader() {
        assertThat(
                        StackFrames.text(
                                new StackTraceElement(
                                        "app",
                                        "shop",
                                        "1.0",
                                        "com.example.OrderDao",
                                        "find",
                                        "OrderDao.java",
                                        41)))
                .isEqualTo("com.example.OrderDao.find(OrderDao.java:41)");
        assertThat(StackFrames.text(new StackTraceElement("java.lang.Object", "wait0", null, -2)))
                .isEqualTo("java.lang.Object.wait0(Native Method)");
    }
}
