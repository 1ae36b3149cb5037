package dev.treadle.it.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;

/** The allowed dependencies. Each rule has its reason. */
class ArchitectureTest {
    private static final Path ROOT = Path.of(System.getProperty("treadle.root"));
    private static final List<String> CONTAINERS = List.of("tomcat", "jetty", "undertow");

    /** Imported once: it takes seconds. */
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .importPaths(
                            classesOf("adapter-api"),
                            classesOf("adapter-tomcat"),
                            classesOf("adapter-jetty"),
                            classesOf("adapter-undertow"),
                            classesOf("spring-boot/common"),
                            classesOf("spring-boot/boot-3"),
                            classesOf("spring-boot/boot-4"),
                            classesOf("standalone/jetty"),
                            classesOf("agent"),
                            classesOf("undertow-war"),
                            classesOf("launcher"),
                            classesOf("bench"));

    private static Path classesOf(String module) {
        return ROOT.resolve(module).resolve("target").resolve("classes");
    }

    @Test
    void noModuleIsMissing() {
        for (String name :
                List.of(
                        "Workers",
                        "tomcat.TomcatWorkers",
                        "jetty.JettyWorkers",
                        "undertow.UndertowWorkers",
                        "boot.TreadleAutoConfiguration",
                        "boot.v3.UndertowConfiguration",
                        "boot.v4.JettyConfiguration",
                        "jetty.start.TreadleXmlFactory",
                        "agent.Agent",
                        "agent.undertow.UndertowSide",
                        "undertow.war.UndertowWar",
                        "launcher.Main",
                        "bench.command.Main")) {
            assertThat(CLASSES.contain("dev.treadle." + name)).as(name).isTrue();
        }
    }

    @Test
    void theCoreKnowsNoContainer() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.treadle",
                        "dev.treadle.settings..",
                        "dev.treadle.stats..",
                        "dev.treadle.gate..",
                        "dev.treadle.loop..",
                        "dev.treadle.spi..",
                        "dev.treadle.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..", "org.apache..", "org.eclipse..", "io.undertow..", "org.xnio..")
                .because("the core is on the class path of every container")
                .check(CLASSES);
    }

    @Test
    void nobodyElseKnowsTheInternals() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.treadle.tomcat..",
                        "dev.treadle.jetty..",
                        "dev.treadle.undertow..",
                        "dev.treadle.boot..",
                        "dev.treadle.agent..",
                        "dev.treadle.launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.treadle.internal..")
                .because("an adapter of somebody else has to do with what ours have")
                .check(CLASSES);
    }

    @Test
    void onlyAdaptersBringRequests() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.treadle.boot..", "dev.treadle.agent..", "dev.treadle.launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.treadle.gate..", "dev.treadle.loop..")
                .because("a host installs workers, and leaves the rest to the adapter")
                .check(CLASSES);
    }

    @Test
    void noAdapterKnowsAnother() {
        for (String one : CONTAINERS) {
            for (String other : CONTAINERS) {
                if (!one.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage("dev.treadle." + one + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage("dev.treadle." + other + "..")
                            .because("a user has one container, not three")
                            .check(CLASSES);
                }
            }
        }
    }

    @Test
    void theAgentBringsNothingToTheClassPathButItself() {
        noClasses()
                .that()
                .resideInAPackage("dev.treadle.agent")
                .should()
                .dependOnClassesThat(
                        DescribedPredicate.describe(
                                "are not the agent's or the JDK's",
                                type ->
                                        !type.getPackageName().equals("dev.treadle.agent")
                                                && !type.getPackageName().startsWith("java.")
                                                && !type.getPackageName()
                                                        .startsWith("org.objectweb.asm")
                                                && !type.getPackageName().startsWith("org.jspecify")
                                                && !type.isPrimitive()
                                                && !type.isArray()))
                .because("the other classes of its jar are only there for loaders of its own")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.treadle.agent.core")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..", "org.apache..", "org.eclipse..", "io.undertow..", "org.xnio..")
                .because("there is one core for all containers of a JVM")
                .check(CLASSES);
    }

    @Test
    void theDeployerOfWarsKnowsNothingOfTreadle() {
        noClasses()
                .that()
                .resideInAPackage("dev.treadle.undertow.war..")
                .should()
                .dependOnClassesThat(
                        DescribedPredicate.describe(
                                "are Treadle's",
                                type ->
                                        type.getPackageName().startsWith("dev.treadle")
                                                && !type.getPackageName()
                                                        .equals("dev.treadle.undertow.war")))
                .because("it deploys WARs on any Undertow")
                .check(CLASSES);
    }

    @Test
    void theLauncherTouchesAContainerOnlyFromThatContainersClassLoader() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.treadle.launcher",
                        "dev.treadle.launcher.demo",
                        "dev.treadle.launcher.load")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..",
                        "org.apache..",
                        "org.eclipse..",
                        "io.undertow..",
                        "org.xnio..",
                        "dev.treadle.tomcat..",
                        "dev.treadle.jetty..",
                        "dev.treadle.undertow..")
                .because("each container lives in a class loader of its own, below the launcher's")
                .check(CLASSES);
    }

    @Test
    void whatIsCommonToBothLinesOfBootKnowsNeither() {
        noClasses()
                .that()
                .resideInAPackage("dev.treadle.boot")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.treadle.boot.v3..",
                        "dev.treadle.boot.v4..",
                        "dev.treadle.tomcat..",
                        "dev.treadle.jetty..",
                        "dev.treadle.undertow..",
                        // what has moved from one line to the other
                        "org.springframework.boot.web.embedded..",
                        "org.springframework.boot.web.context..",
                        "org.springframework.boot.tomcat..",
                        "org.springframework.boot.jetty..",
                        "org.springframework.boot.actuate.health..",
                        "org.springframework.boot.health..")
                .because("it runs on both, and an application has one container")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.treadle.boot.v3..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.treadle.boot.v4..")
                .check(CLASSES);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("dev.treadle.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyUsesUnsafe() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .because("it goes away, and prints warnings until then")
                .check(CLASSES);
    }

    /**
     * A VarHandle never writes a final field, on any JDK. Reflection does before JEP 500 takes it
     * away, and a test on one JDK does not notice.
     */
    @Test
    void nobodyWritesFieldsByReflection() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..jmh_generated..") // its harness writes its own
                .should()
                .callMethodWhere(
                        DescribedPredicate.describe(
                                "it writes a field, which may be final",
                                ArchitectureTest::writesField))
                .because(
                        "JDK 26 warns of writes to final fields, and a later one refuses (JEP 500)")
                .check(CLASSES);
    }

    private static boolean writesField(JavaMethodCall call) {
        String name = call.getName();
        if (call.getTargetOwner().isEquivalentTo(Field.class)) {
            return name.startsWith("set") && !name.equals("setAccessible");
        }
        return name.equals("unreflectSetter");
    }
}
