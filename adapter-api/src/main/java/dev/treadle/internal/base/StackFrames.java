package dev.treadle.internal.base;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The owners of the code in a stack: the JDK, containers and frameworks, libraries, or the
 * application.
 */
public final class StackFrames {
    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

    /**
     * Prefixes of classes whose frames lie between the thread of a request and the application, on
     * every request.
     */
    private static final List<String> BETWEEN =
            List.of(
                    "jakarta.",
                    "org.apache.catalina.",
                    "org.apache.coyote.",
                    "org.apache.jasper.",
                    "org.apache.tomcat.",
                    "org.eclipse.jetty.",
                    "io.undertow.",
                    "org.xnio.",
                    "org.jboss.threads.",
                    "org.springframework.",
                    "io.micrometer.",
                    "kotlin.",
                    "kotlinx.",
                    "dev.treadle.internal.",
                    "dev.treadle.loop.",
                    "dev.treadle.spi.",
                    "dev.treadle.tomcat.",
                    "dev.treadle.jetty.",
                    "dev.treadle.undertow.",
                    "dev.treadle.boot.",
                    "dev.treadle.launcher.");

    /** Prefixes of classes that applications call and do not write. */
    private static final List<String> LIBRARIES =
            List.of(
                    "dev.treadle.Greenlet",
                    "dev.treadle.Limit",
                    "dev.treadle.Workers",
                    // pools
                    "com.zaxxer.hikari.",
                    "org.apache.commons.",
                    "com.mchange.",
                    "io.agroal.",
                    // drivers
                    "org.postgresql.",
                    "com.mysql.",
                    "org.mariadb.",
                    "oracle.",
                    "com.microsoft.sqlserver.",
                    "com.ibm.db2.",
                    "org.h2.",
                    "org.hsqldb.",
                    "org.apache.derby.",
                    "org.sqlite.",
                    "com.mongodb.",
                    "redis.clients.",
                    "io.lettuce.",
                    "com.datastax.",
                    "com.rabbitmq.",
                    "org.apache.kafka.",
                    "org.apache.activemq.",
                    "org.elasticsearch.",
                    "co.elastic.",
                    "io.r2dbc.",
                    // persistence
                    "org.hibernate.",
                    "org.jooq.",
                    "org.apache.ibatis.",
                    "org.mybatis.",
                    "org.eclipse.persistence.",
                    "org.flywaydb.",
                    "liquibase.",
                    // clients of HTTP and remote calls
                    "org.apache.http.",
                    "org.apache.hc.",
                    "okhttp3.",
                    "okio.",
                    "feign.",
                    "retrofit2.",
                    "io.grpc.",
                    "io.netty.",
                    "reactor.",
                    "io.reactivex.",
                    "software.amazon.awssdk.",
                    "com.amazonaws.",
                    // proxies and scripts
                    "net.bytebuddy.",
                    "net.sf.cglib.",
                    "javassist.",
                    "org.aopalliance.",
                    "org.aspectj.",
                    "groovy.",
                    "org.codehaus.groovy.",
                    "org.apache.groovy.",
                    "scala.",
                    // what is left
                    "com.fasterxml.",
                    "tools.jackson.",
                    "com.google.common.",
                    "com.google.gson.",
                    "com.google.protobuf.",
                    "com.github.benmanes.caffeine.",
                    "com.codahale.metrics.",
                    "io.opentelemetry.",
                    "io.github.resilience4j.",
                    "ch.qos.logback.",
                    "org.slf4j.",
                    "org.apache.logging.",
                    "org.apache.cxf.",
                    "org.apache.wicket.",
                    "org.glassfish.",
                    "org.jboss.",
                    "org.thymeleaf.",
                    "freemarker.",
                    "org.apache.velocity.");

    private StackFrames() {}

    /** Whether the frame is one of the JDK. */
    public static boolean isOfJdk(StackTraceElement frame) {
        return isOf(JDK, frame);
    }

    /**
     * Whether the frame is neither of the JDK, nor between the thread of a request and the
     * application, nor of a proxy. Frames of libraries count.
     */
    public static boolean isOfApplicationOrLibrary(StackTraceElement frame) {
        return !isOf(JDK, frame)
                && !isOf(BETWEEN, frame)
                && !frame.getClassName().contains("$$"); // proxies, made at run time
    }

    /** Returns the first frame that is not of the JDK; null if there is none. */
    public static @Nullable StackTraceElement outsideJdk(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (!isOf(JDK, frame)) {
                return frame;
            }
        }
        return null;
    }

    /** Returns the first frame of the application's own code; null if there is none. */
    public static @Nullable StackTraceElement ofApplication(List<StackTraceElement> stack) {
        for (StackTraceElement frame : stack) {
            if (isOfApplicationOrLibrary(frame)
                    && !isOf(LIBRARIES, frame)
                    && !isProxy(frame.getClassName())) {
                return frame;
            }
        }
        return null;
    }

    /** Returns the first frame of the application's own code as text; empty if there is none. */
    public static String textOfApplication(List<StackTraceElement> stack) {
        StackTraceElement own = ofApplication(stack);
        return own == null ? "" : text(own);
    }

    private static boolean isProxy(String className) {
        // a proxy for an interface that is not public is in the package of that
        return className.startsWith("$Proxy") || className.contains(".$Proxy");
    }

    /** Returns class and method, such as {@code com.example.OrderDao.find}. */
    public static String method(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName();
    }

    /**
     * Returns the frame without module and class loader, such as {@code
     * com.example.OrderDao.find(OrderDao.java:41)}.
     */
    public static String text(StackTraceElement frame) {
        return new StackTraceElement(
                        null,
                        null,
                        null,
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber())
                .toString();
    }

    /** Whether the class of a frame has one of these prefixes. */
    static boolean isOf(List<String> prefixes, StackTraceElement frame) {
        String name = frame.getClassName();
        for (String each : prefixes) {
            if (name.startsWith(each)) {
                return true;
            }
        }
        return false;
    }
}
