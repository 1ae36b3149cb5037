package dev.treadle.launcher.provision;

import dev.treadle.launcher.provision.LineFile.Line;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file of {@code --jndi}: lines {@code NAME = TYPE VALUE}, or {@code NAME = datasource} with
 * lines {@code NAME.KEY = VALUE}.
 */
final class JndiFile {
    private static final String OPTION = "--jndi";
    private static final String SOURCE = "datasource";
    private static final String EXPECTED =
            "a file that can be read, in UTF-8, with lines such as shop/limit = integer 100";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_$.-]+(/[A-Za-z0-9_$.-]+)*");
    private static final Pattern TYPED = Pattern.compile("([A-Za-z]+)(?:\\s+(.*))?");

    private static final String DRIVER_PROPERTY = "property.";
    private static final Set<String> KEYS =
            Set.of("url", "user", "password", "driver", "jar", "size", "timeout");
    private static final int USUAL_SIZE = 10;
    private static final int MOST_CONNECTIONS = 10_000;
    private static final String USUAL_TIMEOUT = "30s";
    private static final Pattern TIMEOUT = Pattern.compile("(\\d{1,6})(ms|s|m)?");

    private static final Map<String, Function<String, Object>> TYPES = types();

    private static Map<String, Function<String, Object>> types() {
        Map<String, Function<String, Object>> types = new LinkedHashMap<>();
        types.put("string", text -> text);
        types.put("boolean", JndiFile::truth);
        types.put("integer", Integer::valueOf);
        types.put("long", Long::valueOf);
        types.put("short", Short::valueOf);
        types.put("byte", Byte::valueOf);
        types.put("double", Double::valueOf);
        types.put("float", Float::valueOf);
        types.put("character", JndiFile::character);
        return types;
    }

    private final LineFile file;
    private final Map<String, Jndi.Entry> entries = new LinkedHashMap<>();
    private final Map<String, Line> sources = new LinkedHashMap<>();
    private final Map<String, Map<String, Setting>> settings = new HashMap<>();

    /** A line of a data source. */
    private record Setting(Line line, String value) {}

    JndiFile(String name) {
        this.file = LineFile.read(OPTION, name, EXPECTED);
    }

    Jndi read(Pools pools) {
        for (Line line : file.lines()) {
            if (value(line).equals(SOURCE)) {
                sources.put(newName(line, name(line)), line);
            }
        }
        for (Line line : file.lines()) {
            if (!value(line).equals(SOURCE)) {
                add(line, name(line), value(line));
            }
        }
        sources.forEach(
                (name, line) -> entries.put(name, new Jndi.Entry.Source(source(name, line))));
        return new Jndi(entries, file.warning(), pools);
    }

    private String name(Line line) {
        int equals = line.text().indexOf('=');
        String name = equals < 0 ? "" : line.text().substring(0, equals).strip();
        if (!NAME.matcher(name).matches()) {
            throw file.wrong(
                    line,
                    "NAME = TYPE VALUE or NAME = datasource, with a name below java:comp/env such as"
                            + " jdbc/shop");
        }
        return name;
    }

    private static String value(Line line) {
        return line.text().substring(line.text().indexOf('=') + 1).strip();
    }

    /** A name is either an object or the beginning of names. */
    private String newName(Line line, String name) {
        for (Set<String> names : List.of(sources.keySet(), entries.keySet())) {
            for (String other : names) {
                if (other.equals(name)
                        || other.startsWith(name + "/")
                        || name.startsWith(other + "/")) {
                    throw file.wrong(
                            line, "a name of its own; " + other + " is in this file as well");
                }
            }
        }
        return name;
    }

    private void add(Line line, String name, String value) {
        Optional<String> source =
                sources.keySet().stream().filter(one -> name.startsWith(one + ".")).findFirst();
        if (source.isPresent()) {
            addSetting(source.get(), name.substring(source.get().length() + 1), line, value);
        } else {
            entries.put(newName(line, name), new Jndi.Entry.Value(typed(line, value)));
        }
    }

    private void addSetting(String source, String key, Line line, String value) {
        if (!KEYS.contains(key)
                && !(key.startsWith(DRIVER_PROPERTY) && key.length() > DRIVER_PROPERTY.length())) {
            throw file.wrong(
                    line,
                    "one of url, user, password, driver, jar, size, timeout and property.NAME after "
                            + source
                            + ".");
        }
        Map<String, Setting> all = settings.computeIfAbsent(source, name -> new HashMap<>());
        if (all.put(key, new Setting(line, value)) != null) {
            throw file.wrong(line, source + "." + key + " once");
        }
    }

    private Object typed(Line line, String text) {
        Matcher typed = TYPED.matcher(text);
        Function<String, Object> type = typed.matches() ? TYPES.get(typed.group(1)) : null;
        if (type == null) {
            throw file.wrong(
                    line,
                    "datasource, or a type and a value; the types are "
                            + String.join(", ", TYPES.keySet())
                            + ". A line of a data source begins with the name of one in this file");
        }
        try {
            return type.apply(Optional.ofNullable(typed.group(2)).orElse(""));
        } catch (IllegalArgumentException wrong) {
            throw file.wrong(line, "a value of the type " + typed.group(1));
        }
    }

    private static Boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static Character character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException(text);
        }
        return text.charAt(0);
    }

    private PoolSettings source(String name, Line line) {
        Map<String, Setting> all = settings.getOrDefault(name, Map.of());
        String url =
                text(all, "url")
                        .filter(text -> text.startsWith("jdbc:"))
                        .orElseThrow(() ->
                                file.wrong(
                                        line,
                                        "a line "
                                                + name
                                                + ".url = jdbc:... with it, the address of the"
                                                + " database"));
        return new PoolSettings(
                name,
                url,
                text(all, "user"),
                text(all, "password"),
                text(all, "driver"),
                Optional.ofNullable(all.get("jar")).map(this::jar),
                Optional.ofNullable(all.get("size")).map(this::size).orElse(USUAL_SIZE),
                timeout(all.getOrDefault("timeout", new Setting(line, USUAL_TIMEOUT))),
                properties(all));
    }

    private static Optional<String> text(Map<String, Setting> all, String key) {
        @Nullable Setting setting = all.get(key);
        return Optional.ofNullable(setting).map(Setting::value);
    }

    private static Map<String, String> properties(Map<String, Setting> all) {
        Map<String, String> properties = new HashMap<>();
        all.forEach((key, setting) -> {
            if (key.startsWith(DRIVER_PROPERTY)) {
                properties.put(key.substring(DRIVER_PROPERTY.length()), setting.value());
            }
        });
        return Map.copyOf(properties);
    }

    /** A relative path begins where the file is. */
    private Path jar(Setting setting) {
        try {
            Path jar = file.path().resolveSibling(setting.value()).normalize();
            if (Files.isRegularFile(jar) && Files.isReadable(jar)) {
                return jar;
            }
        } catch (InvalidPathException noPath) {
            throw file.wrong(setting.line(), "the path of the jar with the driver");
        }
        throw file.wrong(setting.line(), "the jar with the driver; there is no such file");
    }

    private int size(Setting setting) {
        if (setting.value().matches("\\d{1,5}")) {
            int size = Integer.parseInt(setting.value());
            if (size >= 1 && size <= MOST_CONNECTIONS) {
                return size;
            }
        }
        throw file.wrong(setting.line(), "a whole number from 1 to " + MOST_CONNECTIONS);
    }

    private Duration timeout(Setting setting) {
        Matcher matcher = TIMEOUT.matcher(setting.value());
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration duration =
                    switch (Optional.ofNullable(matcher.group(2)).orElse("s")) {
                        case "ms" -> Duration.ofMillis(number);
                        case "m" -> Duration.ofMinutes(number);
                        default -> Duration.ofSeconds(number);
                    };
            if (duration.toMillis() >= 250) {
                return duration;
            }
        }
        throw file.wrong(setting.line(), "a duration of 250ms or more, such as 10s, 500ms or 2m");
    }
}
