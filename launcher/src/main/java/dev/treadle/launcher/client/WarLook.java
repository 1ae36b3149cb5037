package dev.treadle.launcher.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a WAR that are known to hurt under the models {@code virtual} and {@code gevent},
 * without a start of it. A fault is something that the files of the WAR prove. A suspicion that
 * they do not prove is a hint, or is left out.
 */
final class WarLook implements WarReader.Contents {
    private static final int FEW = 5;

    /** The first JDK on which a monitor holds no carrier (JEP 491). */
    private static final int FIRST_THAT_UNMOUNTS = 24;

    private static final Pattern NATIVE_LIBRARY = Pattern.compile(".*\\.(so|dll|dylib|jnilib)");
    private static final Pattern URL_OF_BOOT = Pattern.compile("spring\\.datasource\\.url");
    private static final Pattern TOTAL_OF_RESOURCE = Pattern.compile("maxtotal");
    private static final String BOOT = "org/springframework/boot/SpringApplication.class";

    /**
     * A driver whose older versions wait for bytes in synchronized code, as its release notes say.
     *
     * @param file its name and version in the name of its jar
     * @param artifact its name in the repository
     */
    private record Driver(String title, Pattern file, String artifact, int major, int minor) {}

    private static final List<Driver> DRIVERS =
            List.of(
                    // release notes of 9.0.0: synchronized blocks were replaced with ReentrantLocks
                    new Driver(
                            "MySQL Connector/J",
                            Pattern.compile("mysql-connector-(?:j|java)-(\\d+)\\.(\\d+).*"),
                            "mysql-connector-j(ava)?",
                            9,
                            0),
                    // changelog of 42.6.0: replace the usages of synchronized with ReentrantLock
                    new Driver(
                            "pgjdbc",
                            Pattern.compile("postgresql-(\\d+)\\.(\\d+).*"),
                            "postgresql",
                            42,
                            6));

    private final int requests;
    private final int jdk;
    private final ClassLook classes = new ClassLook();
    private final SettingFiles settings = new SettingFiles();
    private final List<String> jars = new ArrayList<>();
    private final Map<PoolKind, String> pools = new EnumMap<>(PoolKind.class);
    private final Map<Integer, String> clients = new LinkedHashMap<>();
    private final Map<String, String> natives = new LinkedHashMap<>();
    private final Map<Driver, String> drivers = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Finding> faults = new ArrayList<>();
    private final List<Finding> hints = new ArrayList<>();

    private WarLook(int requests, int jdk) {
        this.requests = requests;
        this.jdk = jdk;
    }

    /**
     * Looks at a WAR.
     *
     * @param requests how many requests are to run at a time
     * @param jdk the version of the JDK that it is to run on
     * @throws dev.treadle.settings.InvalidSettingException if it is no WAR
     */
    static WarLook at(String war, int requests, int jdk) {
        WarLook look = new WarLook(requests, jdk);
        WarReader.read(war, look);
        look.judge();
        return look;
    }

    List<Finding> faults() {
        return faults;
    }

    List<Finding> hints() {
        return hints;
    }

    /** Returns what was looked at. */
    String extent() {
        return String.format(
                Locale.ROOT,
                "%d classes and %d jars, for %d requests at a time on JDK %d%s",
                classes.count(),
                jars.size(),
                requests,
                jdk,
                classes.unread() == 0
                        ? ""
                        : "; " + classes.unread() + " classes could not be read");
    }

    @Override
    public void file(String name, byte[] bytes) {
        if (name.endsWith(".class")) {
            if (!name.endsWith("module-info.class")
                    && !name.startsWith("org/springframework/boot/loader/")) {
                classes.add(bytes);
            }
        } else {
            settings.add(name, bytes);
        }
    }

    @Override
    public void jar(String name) {
        jars.add(name.substring(name.lastIndexOf('/') + 1));
    }

    private String currentJar() {
        return jars.getLast();
    }

    @Override
    public boolean wants(String name) {
        return name.endsWith("/pom.properties");
    }

    @Override
    public void fileOfJar(String name, byte[] bytes) {
        if (name.endsWith(".class")) {
            classOfJar(name);
        } else if (wants(name)) {
            artifact(bytes);
        } else if (NATIVE_LIBRARY.matcher(name).matches()) {
            natives.putIfAbsent(currentJar(), name);
        }
    }

    private void classOfJar(String name) {
        for (PoolKind kind : PoolKind.values()) {
            if (kind.owner
                    .matcher(name.substring(0, name.length() - ".class".length()))
                    .matches()) {
                pools.putIfAbsent(kind, currentJar());
            }
        }
        switch (name) {
            case "org/apache/hc/client5/http/impl/classic/HttpClients.class" ->
                    clients.putIfAbsent(5, currentJar());
            case "org/apache/http/impl/client/HttpClients.class" ->
                    clients.putIfAbsent(4, currentJar());
            case BOOT -> seen.add(BOOT);
            default -> {
                // of no meaning here
            }
        }
        if (name.equals("com/mysql/cj/jdbc/Driver.class")
                || name.equals("com/mysql/jdbc/Driver.class")
                || name.equals("org/postgresql/Driver.class")) {
            for (Driver driver : DRIVERS) {
                Matcher file = driver.file().matcher(currentJar());
                if (file.matches()) {
                    version(driver, file.group(1), file.group(2));
                }
            }
        }
    }

    private static final Set<String> GROUPS_OF_DRIVERS =
            Set.of("org.postgresql", "mysql", "com.mysql");

    private void artifact(byte[] bytes) {
        Properties pom = new Properties();
        try {
            pom.load(new ByteArrayInputStream(bytes));
        } catch (IOException | IllegalArgumentException malformed) {
            return; // a jar may have any file; this one tells nothing
        }
        for (Driver driver : DRIVERS) {
            Matcher version =
                    Pattern.compile("(\\d+)\\.(\\d+).*").matcher(pom.getProperty("version", ""));
            if (GROUPS_OF_DRIVERS.contains(pom.getProperty("groupId", ""))
                    && pom.getProperty("artifactId", "").matches(driver.artifact())
                    && version.matches()) {
                version(driver, version.group(1), version.group(2));
            }
        }
    }

    private void version(Driver driver, String major, String minor) {
        if (major.length() > 4 || minor.length() > 4) {
            return;
        }
        int first = Integer.parseInt(major);
        int second = Integer.parseInt(minor);
        if (first < driver.major() || (first == driver.major() && second < driver.minor())) {
            drivers.putIfAbsent(driver, currentJar() + " has version " + first + "." + second);
        }
    }

    private void judge() {
        for (PoolKind kind : PoolKind.values()) {
            pool(kind);
        }
        resource();
        clients.forEach(this::client);
        if (jdk < FIRST_THAT_UNMOUNTS) {
            drivers.forEach(this::driver);
            locked();
        }
        oldApi();
        hintOfCopies();
        hintOfNativeMethods();
        hintOfNatives();
    }

    private void pool(PoolKind kind) {
        String jar = pools.get(kind);
        if (jar == null) {
            return;
        }
        Optional<SettingFiles.Found> set = settings.smallest(kind.key, file -> true);
        int inCode = classes.size(kind);
        if (set.isPresent()) {
            tooSmall(
                    kind.title,
                    Integer.parseInt(set.get().value()),
                    set.get().file() + " sets " + set.get().name());
        } else if (inCode > 0) {
            tooSmall(kind.title, inCode, classes.sizedAt(kind) + " calls " + kind.setter);
        } else if (inCode == 0 && !settings.has(kind.key)) {
            String made = classes.madeAt(kind);
            if (!made.isEmpty()) {
                tooSmall(kind.title, kind.size, made + " makes it, and nothing sets its size");
            } else if (kind == PoolKind.HIKARI && isOfBoot()) {
                tooSmall(
                        kind.title,
                        kind.size,
                        jar + " is the pool of spring.datasource, and nothing sets its size");
            }
        }
    }

    private boolean isOfBoot() {
        return seen.contains(BOOT) && settings.has(URL_OF_BOOT);
    }

    private void resource() {
        settings.smallest(TOTAL_OF_RESOURCE, "META-INF/context.xml"::equals)
                .ifPresent(found ->
                        tooSmall(
                                "of a Resource",
                                Integer.parseInt(found.value()),
                                "maxTotal of a DataSource in "
                                        + found.file()
                                        + "; 8 if it is not set"));
    }

    private void tooSmall(String title, int size, String evidence) {
        if (size < requests) {
            fault(
                    "the pool "
                            + title
                            + " has "
                            + size
                            + " connections for "
                            + requests
                            + " requests",
                    evidence,
                    "raise it as far as the database allows, and give the paths that use it a --limit of"
                            + " its size, so that the other requests do not wait with them");
        }
    }

    private void client(int major, String jar) {
        String made = classes.clientAt(major);
        int size = major == 5 ? 5 : 2;
        if (!made.isEmpty() && !classes.setsPerRoute && size < requests) {
            fault(
                    "Apache HttpClient " + major + " has " + size + " connections of each route",
                    made
                            + " makes a client ("
                            + jar
                            + "), and no class of the application sets them",
                    "call setMaxConnPerRoute and setMaxConnTotal with as many as requests call that"
                            + " service at a time");
        }
    }

    private void driver(Driver driver, String found) {
        fault(
                driver.title() + " holds its hub while it waits, on JDK 21 to 23",
                found
                        + "; it waits in synchronized code before "
                        + driver.major()
                        + "."
                        + driver.minor(),
                "take version " + driver.major() + "." + driver.minor() + " or newer, or JDK 25");
    }

    private void locked() {
        if (!classes.waitsLocked.isEmpty()) {
            fault(
                    "synchronized code waits: it holds its hub on JDK 21 to 23",
                    few(classes.waitsLocked),
                    "use a ReentrantLock, wait outside of the lock, or take JDK 25");
        }
    }

    private void hintOfNativeMethods() {
        if (!classes.natives.isEmpty()) {
            hints.add(
                    new Finding(
                            "native methods of the application hold their hub while they wait",
                            few(classes.natives),
                            "call those that wait on a pool of platform threads; those that only"
                                    + " compute for microseconds do not hurt"));
        }
    }

    private void oldApi() {
        if (!classes.javax.isEmpty() && !classes.jakarta) {
            fault(
                    "the application is made for Servlet 4 or older",
                    classes.javax,
                    "start it with --migrate, or build it against jakarta.servlet");
        }
    }

    private void hintOfCopies() {
        if (!classes.copies.isEmpty()) {
            hints.add(
                    new Finding(
                            "a thread-local with an initial value is made once for each request",
                            few(classes.copies),
                            "on virtual and gevent each request has a thread of its own: share what is"
                                    + " immutable, and give a pool to what is expensive"));
        }
    }

    private void hintOfNatives() {
        if (!natives.isEmpty()) {
            hints.add(
                    new Finding(
                            "jars with native code",
                            few(
                                    natives.entrySet().stream()
                                            .map(each ->
                                                    each.getKey() + " (" + each.getValue() + ")")
                                            .toList()),
                            "native code that waits holds its hub; the reports of a running server name"
                                    + " it"));
        }
    }

    private void fault(String cause, String evidence, String remedy) {
        faults.add(new Finding(cause, evidence, remedy));
    }

    private static String few(List<String> all) {
        String first = String.join(", ", all.stream().distinct().limit(FEW).toList());
        long count = all.stream().distinct().count();
        return TerminalText.clean(count > FEW ? first + " and " + (count - FEW) + " more" : first);
    }
}
