package dev.treadle.launcher.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings in the files of an application: of properties, of YAML as far as its mappings go,
 * and of the properties of beans in XML.
 */
final class SettingFiles {
    private static final Pattern PROPERTY = Pattern.compile("\\s*([^#!=:\\s]+)\\s*[=:]\\s*(.*)");
    private static final Pattern MAPPING = Pattern.compile("( *)([^#\\s:][^:]*):(?: +(.*))?");
    private static final Pattern BEAN =
            Pattern.compile(
                    "<property\\s+name=\"([\\w.]+)\"\\s*(?:value=\"([^\"]*)\"|>\\s*<value>([^<]*)<)");

    /** Files of settings, but for those of a profile: which profile is used is not known. */
    private static final Pattern TEXTS =
            Pattern.compile(
                    "(?<!/application-[^/]{1,99})(?<!^application-[^/]{1,99})\\.(?:properties|ya?ml|xml)$");

    /** More settings than a person writes; those beyond are not looked at. */
    private static final int MOST = 100_000;

    private static final Pattern COMMENT = Pattern.compile("<!--(?:[^-]|-(?!->))*+-->");

    /** A data source that the container makes. */
    private static final Pattern RESOURCE =
            Pattern.compile("<Resource\\b[^<>]*javax\\.sql\\.DataSource[^<>]*>");

    private static final Pattern MAX_TOTAL = Pattern.compile("\\bmaxTotal=\"(-?\\d+)\"");
    private static final int TOTAL_IF_NOT_SET = 8;

    /**
     * A setting of a file.
     *
     * @param key in small letters without hyphens and underscores
     * @param name the same as it is written
     */
    record Found(String file, String key, String name, String value) {}

    private final List<Found> all = new ArrayList<>();

    /** Reads a file, if it may have settings. */
    void add(String file, byte[] bytes) {
        if (!TEXTS.matcher(file).find()) {
            return;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (file.endsWith(".properties")) {
            properties(file, text);
        } else if (file.endsWith(".yml") || file.endsWith(".yaml")) {
            yaml(file, text);
        } else if (file.endsWith(".xml")) {
            xml(file, text);
        }
    }

    private void add(String file, String key, String value) {
        String plain = value.strip().replaceAll("^[\"']|[\"']$", "");
        String plainKey = key.strip().toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        if (all.size() == MOST) {
            return;
        }
        all.add(new Found(file, plainKey, key.strip(), plain));
    }

    private void properties(String file, String text) {
        text.lines()
                .map(PROPERTY::matcher)
                .filter(Matcher::matches)
                .forEach(line -> add(file, line.group(1), line.group(2)));
    }

    private record Level(int indent, String key) {}

    private void yaml(String file, String text) {
        Deque<Level> levels = new ArrayDeque<>();
        for (String line : text.lines().toList()) {
            Matcher mapping = MAPPING.matcher(line);
            if (!mapping.matches()) {
                continue;
            }
            int indent = mapping.group(1).length();
            while (!levels.isEmpty() && levels.getLast().indent() >= indent) {
                levels.removeLast();
            }
            levels.addLast(new Level(indent, mapping.group(2)));
            String value = mapping.group(3);
            if (value != null && !value.isBlank() && !value.startsWith("#")) {
                StringBuilder key = new StringBuilder();
                levels.forEach(
                        level -> key.append(key.isEmpty() ? "" : ".").append(level.key().strip()));
                int comment = value.indexOf(" #");
                add(file, key.toString(), comment < 0 ? value : value.substring(0, comment));
            }
        }
    }

    private void xml(String file, String whole) {
        String text = COMMENT.matcher(whole).replaceAll("");
        for (Matcher bean = BEAN.matcher(text); bean.find(); ) {
            add(file, bean.group(1), bean.group(2) == null ? bean.group(3) : bean.group(2));
        }
        if (file.equals("META-INF/context.xml")) {
            for (Matcher resource = RESOURCE.matcher(text); resource.find(); ) {
                Matcher total = MAX_TOTAL.matcher(resource.group());
                if (!resource.group().contains("factory=")) {
                    add(file, "maxTotal", total.find() ? total.group(1) : "" + TOTAL_IF_NOT_SET);
                }
            }
        }
    }

    /** Returns the smallest whole number of the settings of such files whose names match. */
    Optional<Found> smallest(Pattern key, Predicate<String> file) {
        return all.stream()
                .filter(each -> file.test(each.file()))
                .filter(each -> key.matcher(each.key()).matches())
                .filter(each -> each.value().matches("\\d{1,6}"))
                .min((one, other) ->
                        Integer.compare(
                                Integer.parseInt(one.value()), Integer.parseInt(other.value())));
    }

    /** Whether there is a setting of this name, whatever its value. */
    boolean has(Pattern key) {
        return all.stream().anyMatch(each -> key.matcher(each.key()).matches());
    }
}
