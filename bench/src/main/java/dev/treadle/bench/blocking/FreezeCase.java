package dev.treadle.bench.blocking;

import dev.treadle.settings.InvalidSettingException;

import java.util.List;
import java.util.function.Supplier;

/**
 * A block that only another greenlet ends, on all hubs at once.
 *
 * @param word for the command line of the child
 * @param title for the table
 * @param freeze makes what is run
 */
record FreezeCase(String word, String title, Supplier<Freeze> freeze) {
    static final List<FreezeCase> ALL =
            List.of(
                    new FreezeCase(
                            "class-initialiser",
                            "class initialiser that waits for a lock of an unmounted greenlet",
                            ClassInitialiser::new),
                    new FreezeCase(
                            "native-read",
                            "native call (FFM) that reads a pipe into which a greenlet will write",
                            () -> new NativeCalls().pipe()),
                    new FreezeCase(
                            "synchronized-sleep",
                            "`synchronized` around sleeps until a greenlet ends them",
                            SynchronizedSleep::new));

    static FreezeCase of(String word) {
        return ALL.stream()
                .filter(candidate -> candidate.word().equals(word))
                .findAny()
                .orElseThrow(() ->
                        new InvalidSettingException(
                                "freeze",
                                word,
                                "one of "
                                        + String.join(
                                                ",", ALL.stream().map(FreezeCase::word).toList())));
    }
}
