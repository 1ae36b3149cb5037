package dev.treadle;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.treadle");

    @Test
    void theCoreKnowsNoContainerAndForcesNoLibraryOnTheUser() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta..",
                        "javax.servlet..",
                        "org.apache..",
                        "org.eclipse.jetty..",
                        "io.undertow..",
                        "org.slf4j..",
                        "io.micrometer..")
                .because(
                        "the core serves every container, and which logging and metrics an application has is its choice")
                .check(MAIN);
    }

    @Test
    void theInternalsKnowNothingAboveThem() {
        noClasses()
                .that()
                .resideInAPackage("dev.treadle.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.treadle", "dev.treadle.spi..")
                .because(
                        "engines and hub run tasks; what a request, a gate or a container is, is not their business")
                .check(MAIN);
    }

    @Test
    void theApiDoesNotKnowItsSpi() {
        noClasses()
                .that()
                .resideInAPackage("dev.treadle")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.treadle.spi..")
                .because(
                        "adapters are found by hosts, and an API that names its SPI is tied to it in a circle")
                .check(MAIN);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(new ByPackage())
                .should()
                .beFreeOfCycles()
                .because("a package in a cycle cannot be understood, tested or taken out alone")
                .check(MAIN);
    }

    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    @Test
    void nobodyUsesUnsafe() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("sun.misc.Unsafe")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("jdk.internal..")
                .because(
                        "VarHandles do all we need, and the JDK takes Unsafe away step by step (JEP 471, 498)")
                .check(MAIN);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethodWhere(
                        com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                        com.tngtech.archunit.core.domain.properties.HasName
                                                .Predicates.name("sleep"))
                                .and(
                                        com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                                com.tngtech.archunit.core.domain.properties.HasOwner
                                                        .Predicates.With.owner(
                                                        com.tngtech.archunit.core.domain.JavaClass
                                                                .Predicates.type(Thread.class)))))
                .because(
                        "who waits, waits for a condition with a deadline: a sleep is too long or too short")
                .check(MAIN);
    }
}
