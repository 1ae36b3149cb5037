package dev.treadle;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Map.entry;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Each package and what it may know; CONTRIBUTING.md has the picture of it. */
final class ArchitectureTest {
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.treadle");

    private static final String USERS = "dev.treadle";
    private static final String SETTINGS = "dev.treadle.settings";
    private static final String STATS = "dev.treadle.stats";
    private static final String GATE = "dev.treadle.gate";
    private static final String LOOP = "dev.treadle.loop";
    private static final String SPI = "dev.treadle.spi";
    private static final String ENGINE = "dev.treadle.internal.engine";
    private static final String HUB = "dev.treadle.internal.hub";
    private static final String INTERNAL_GATE = "dev.treadle.internal.gate";
    private static final String SERVER = "dev.treadle.internal.server";
    private static final String JFR = "dev.treadle.internal.jfr";
    private static final String BASE = "dev.treadle.internal.base";

    /** What a package may know of ours, besides itself. */
    private static final Map<String, Set<String>> MAY_KNOW =
            Map.ofEntries(
                    entry(BASE, Set.of()),
                    entry(LOOP, Set.of()),
                    entry(SETTINGS, Set.of(BASE)),
                    entry(STATS, Set.of(SETTINGS, BASE)),
                    entry(GATE, Set.of(STATS)),
                    entry(JFR, Set.of(BASE)),
                    entry(HUB, Set.of(STATS, JFR, LOOP, BASE)),
                    entry(ENGINE, Set.of(HUB, STATS, LOOP, BASE)),
                    entry(INTERNAL_GATE, Set.of(GATE, SETTINGS, STATS, ENGINE, HUB, JFR, BASE)),
                    entry(SERVER, Set.of(INTERNAL_GATE, GATE, LOOP, SETTINGS, ENGINE)),
                    entry(
                            USERS,
                            Set.of(
                                    SETTINGS,
                                    STATS,
                                    GATE,
                                    HUB,
                                    ENGINE,
                                    INTERNAL_GATE,
                                    SERVER,
                                    BASE)),
                    entry(SPI, Set.of(USERS, SETTINGS, GATE, LOOP, SERVER)));

    private static final Set<String> OF_USERS = Set.of(USERS, SETTINGS, STATS);

    /** Where a user begins; all other types of users are found from these. */
    private static final Set<String> ENTRIES =
            Set.of(
                    "dev.treadle.Workers",
                    "dev.treadle.Greenlets",
                    "dev.treadle.Treadle",
                    "dev.treadle.WorkersMXBean",
                    "dev.treadle.Installation", // each adapter hands it back
                    "dev.treadle.SpawnContext"); // a service that users provide

    @Test
    void everyPackageHasItsPlace() {
        assertThat(MAIN.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(MAY_KNOW.keySet());
    }

    static Stream<String> packages() {
        return MAY_KNOW.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageKnowsOnlyWhatIsBelowIt(String name) {
        Set<String> known = new HashSet<>(MAY_KNOW.getOrDefault(name, Set.of()));
        known.add(name);
        DescribedPredicate<JavaClass> others =
                resideInAPackage("dev.treadle..")
                        .and(
                                DescribedPredicate.not(
                                        resideInAnyPackage(known.toArray(String[]::new))))
                        .as("are ours and not in " + known);
        noClasses()
                .that()
                .resideInAPackage(name)
                .should()
                .dependOnClassesThat(others)
                .allowEmptyShould(true) // the interfaces of event loops depend on nothing
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
    void whatAUserSeesIsMadeOfTypesForUsers() {
        for (JavaClass type : typesOfUsers()) {
            assertThat(mentionedBy(type))
                    .as("types in what " + type.getName() + " shows")
                    .allMatch(each -> OF_USERS.contains(each.getPackageName()));
        }
    }

    /** A type that nothing leads to is one that only adapters need. */
    @Test
    void everyTypeForUsersIsFoundFromWhereAUserBegins() {
        Set<JavaClass> found = new HashSet<>();
        List<JavaClass> open =
                typesOfUsers().stream()
                        .filter(type ->
                                ENTRIES.contains(type.getName())
                                        || type.isAssignableTo(Exception.class)) // caught
                        .toList();
        while (!open.isEmpty()) {
            found.addAll(open);
            open =
                    open.stream()
                            .flatMap(type -> mentionedBy(type).stream())
                            .filter(type -> !found.contains(type))
                            .distinct()
                            .toList();
        }
        assertThat(typesOfUsers()).allMatch(found::contains);
    }

    private static List<JavaClass> typesOfUsers() {
        return MAIN.stream()
                .filter(type -> OF_USERS.contains(type.getPackageName()))
                .filter(ArchitectureTest::isVisible)
                .toList();
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
    }

    /** Returns types of ours in the public members of a type, and the public types inside it. */
    private static Set<JavaClass> mentionedBy(JavaClass type) {
        Set<JavaClass> all = new HashSet<>();
        for (JavaCodeUnit unit : type.getCodeUnits()) {
            if (unit.getModifiers().contains(JavaModifier.PUBLIC)) {
                unit.getParameterTypes().forEach(each -> all.addAll(rawTypesOf(each)));
                all.addAll(rawTypesOf(unit.getReturnType()));
                unit.getExceptionTypes().forEach(all::add);
            }
        }
        for (JavaField field : type.getFields()) {
            if (field.getModifiers().contains(JavaModifier.PUBLIC)) {
                all.addAll(rawTypesOf(field.getType()));
            }
        }
        MAIN.stream()
                .filter(each -> each.getEnclosingClass().filter(type::equals).isPresent())
                .filter(ArchitectureTest::isVisible)
                .forEach(all::add);
        all.removeIf(each -> !each.getPackageName().startsWith("dev.treadle"));
        return all;
    }

    private static Set<JavaClass> rawTypesOf(JavaType type) {
        return type.getAllInvolvedRawTypes();
    }

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
