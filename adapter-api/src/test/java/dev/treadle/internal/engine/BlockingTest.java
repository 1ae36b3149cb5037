package dev.treadle.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The table in docs/hub.md: which ways to wait hold a hub. The times in it are measured by {@code
 * bench/run blocking}. That a hub is held, or is not, does not depend on time: the other greenlet
 * is runnable before the block begins, so on a hub that is not held it runs before the block ends.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BlockingTest {
    private static final Duration LASTING = Duration.ofMillis(20);

    /** Columns of the table, with {@code retake} off. Since JDK 24 monitors hold no carrier. */
    private static final int COLUMN = Runtime.version().feature() < 24 ? 2 : 5;

    private static Map<String, String> documented() throws IOException {
        Map<String, String> cells = new LinkedHashMap<>();
        boolean inTable = false;
        for (String line : Files.readAllLines(page())) {
            inTable = line.startsWith("| a greenlet does |") || (inTable && line.startsWith("|"));
            if (inTable && line.startsWith("| ") && !line.startsWith("| a greenlet does |")) {
                String[] columns = line.split(" *\\| *");
                cells.put(columns[1], columns[COLUMN]);
            }
        }
        return cells;
    }

    private static Path page() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.exists(directory.resolve("docs/hub.md"))) {
            directory = directory.getParent();
        }
        return Path.of(String.valueOf(directory), "docs/hub.md");
    }

    @Test
    void thePageHasEachRow() throws Exception {
        assertThat(documented().keySet())
                .containsExactlyElementsOf(
                        BlockingCases.all().stream().map(BlockingCase::title).toList());
    }

    /** All rows but the one that hangs for ever, which {@link FreezeTest} has. */
    static Stream<BlockingCase> rowsThatEnd() throws IOException {
        Map<String, String> documented = documented();
        return BlockingCases.all().stream()
                .filter(row -> !"**hangs**".equals(documented.get(row.title())));
    }

    @ParameterizedTest
    @MethodSource("rowsThatEnd")
    void holdsTheHubAsThePageSays(BlockingCase row) throws Exception {
        boolean held = documented().getOrDefault(row.title(), "").startsWith("**held**");
        BlockingProbe probe = new BlockingProbe(row, Scheduling.STRICT.open(1), LASTING, !held);
        BlockingProbe.Seen unused = probe.round(); // links native calls, and loads classes

        assertThat(probe.round().held()).as(row.title()).isEqualTo(held);
    }
}
