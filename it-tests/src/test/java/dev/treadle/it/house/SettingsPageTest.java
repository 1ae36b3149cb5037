package dev.treadle.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.treadle.settings.InvalidSettingException;
import dev.treadle.settings.Setting;
import dev.treadle.settings.SettingsSource;
import dev.treadle.settings.WorkerSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * docs/settings.md says of each setting what the code does: its names, its default and its range.
 * Ranges are tried out, with values inside and outside.
 */
final class SettingsPageTest {
    private static final Path PAGE = Pages.ROOT.resolve("docs/settings.md");
    private static final List<List<String>> ROWS = Pages.rows(PAGE);
    private static final Map<String, List<String>> SETTINGS = settings();

    /** The page's text for defaults that follow from N or from the machine. */
    private static final Map<Setting, String> COMPUTED =
            Map.of(
                    Setting.THREADS, "none",
                    Setting.VIRTUAL, "none; without a number 1,000",
                    Setting.GEVENT, "none; 1,000 for the command without a model",
                    Setting.HUBS, "number of cores",
                    Setting.LISTEN, "the greater of 1,024 and N",
                    Setting.QUEUE, "N",
                    Setting.STREAMS, "10 times N",
                    Setting.DRAIN, "`25s` less `drain-delay`, at least `5s`");

    private static final Pattern RANGE =
            Pattern.compile("([\\d,]+)(ms|s|d|) to ([\\d,]+)(ms|s|d|)(, or `off`)?");
    private static final Pattern WORDS = Pattern.compile("`[\\w-]+`(, `[\\w-]+`)+");
    private static final Pattern PATHS = Pattern.compile("(a path|paths|limits), or `off`");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** The rows of four cells: setting, default, range and meaning. */
    private static Map<String, List<String>> settings() {
        Map<String, List<String>> settings = new LinkedHashMap<>();
        for (List<String> row : ROWS) {
            if (row.size() == 4 && row.get(0).startsWith("`")) {
                settings.put(row.get(0).replace("`", ""), row);
            }
        }
        return settings;
    }

    @Test
    void eachSettingHasARowAndNothingElseHas() {
        assertThat(SETTINGS.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Setting.values()).map(Setting::word).toList());
        SETTINGS.values().forEach(row -> assertThat(row.get(3)).as(row.get(0)).isNotEmpty());
    }

    @Test
    void theNamesAreThoseOfTheCode() {
        List<List<String>> names =
                ROWS.stream().filter(row -> row.get(0).startsWith("`--")).toList();

        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Setting.values())
                                .map(setting ->
                                        List.of(
                                                "`" + setting.flag() + "`",
                                                "`" + setting.property() + "`",
                                                "`" + setting.variable() + "`"))
                                .toList());
    }

    @ParameterizedTest
    @EnumSource
    void theDefaultIsThatOfTheCode(Setting setting) {
        String told = row(setting).get(1);
        if (COMPUTED.containsKey(setting)) {
            assertThat(told).isEqualTo(COMPUTED.get(setting));
        } else {
            assertThat(told + ";").startsWith("`" + defaults().get(setting.word()) + "`;");
        }
    }

    /** The effective value of each setting that is not set. */
    private static Map<String, String> defaults() {
        Map<String, String> defaults = new HashMap<>();
        for (String line : WorkerSettings.gevent(1_000).describe()) {
            String[] parts = line.replaceFirst(" \\([^()]*\\)$", "").split("=", 2);
            defaults.put(parts[0], parts[1]);
        }
        return defaults;
    }

    @Test
    void computedDefaultsFollowAsThePageSays() {
        WorkerSettings few = WorkerSettings.gevent(5);
        WorkerSettings many = WorkerSettings.gevent(5_000);

        assertThat(few.hubs()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(few.queue()).isEqualTo(5);
        assertThat(few.streams()).isEqualTo(50);
        assertThat(few.listen()).isEqualTo(1_024);
        assertThat(many.listen()).isEqualTo(5_000);
        assertThat(few.drain()).isEqualTo(Duration.ofSeconds(25));
        assertThat(drainAfter(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(15));
        assertThat(drainAfter(Duration.ofSeconds(24))).isEqualTo(Duration.ofSeconds(5));
        assertThat(resolve(Map.of("virtual", "")).limit()).isEqualTo(1_000);
    }

    private static Duration drainAfter(Duration delay) {
        return WorkerSettings.builder().gevent(5).drainDelay(delay).build().drain();
    }

    @ParameterizedTest
    @EnumSource
    void theRangeIsThatOfTheCode(Setting setting) {
        String told = row(setting).get(2);
        Matcher range = RANGE.matcher(told);
        if (range.matches()) {
            checkRange(setting, range);
        } else if (WORDS.matcher(told).matches()) {
            CODE.matcher(told)
                    .results()
                    .forEach(word -> assertAccepted(setting, word.group(1), true));
        } else {
            assertThat(told).matches(PATHS);
            assertAccepted(setting, "off", true);
            assertAccepted(setting, setting == Setting.LIMIT ? "/x/*=5:10:2s" : "/x", true);
        }
        assertAccepted(setting, "nonsense", false);
    }

    private static void checkRange(Setting setting, Matcher range) {
        long least = Long.parseLong(range.group(1).replace(",", ""));
        long greatest = Long.parseLong(range.group(3).replace(",", ""));
        assertAccepted(setting, least + range.group(2), true);
        assertAccepted(setting, (least - 1) + range.group(2), false);
        assertAccepted(setting, greatest + range.group(4), true);
        assertAccepted(setting, justAbove(greatest, range.group(4)), false);
        assertAccepted(setting, "off", range.group(5) != null);
    }

    private static String justAbove(long greatest, String unit) {
        return unit.equals("d")
                ? Duration.ofDays(greatest).plusSeconds(1).toSeconds() + "s"
                : (greatest + 1) + unit;
    }

    private static void assertAccepted(Setting setting, String value, boolean accepted) {
        boolean taken = true;
        try {
            resolve(Map.of(setting.word(), value));
        } catch (InvalidSettingException refused) {
            taken = false;
        }
        assertThat(taken).as("%s=%s is taken", setting.word(), value).isEqualTo(accepted);
    }

    /** As from the command line, on gevent if these name no model. */
    private static WorkerSettings resolve(Map<String, String> flags) {
        Map<String, String> all = new HashMap<>(flags);
        if (Stream.of("threads", "virtual", "gevent").noneMatch(all::containsKey)) {
            all.put("gevent", "1000");
        }
        return WorkerSettings.resolve(List.of(SettingsSource.flags(all)));
    }

    private static List<String> row(Setting setting) {
        return SETTINGS.getOrDefault(setting.word(), List.of("", "no row", "no row", ""));
    }
}
