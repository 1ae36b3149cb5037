package dev.treadle.launcher.client;

import dev.treadle.launcher.host.StartFailedException;
import dev.treadle.settings.InvalidSettingException;

import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The screen of {@code treadle top}. Of one thread, but for the signal of a new size. */
final class TopScreen {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final DateTimeFormatter FILE_TIME = DateTimeFormatter.ofPattern("HHmmss");
    private static final String KEYS =
            "q quit  g groups/requests  s sort  d dump  m switch  p pause  arrows scroll";

    private static final int ESCAPE = 27;
    private static final int DELETE = 127;
    private static final int BACKSPACE = 8;
    private static final int CTRL_C = 3;
    private static final int UP = 'A';
    private static final int DOWN = 'B';

    /** How long the rest of the bytes of an arrow key may take. */
    private static final long ESCAPE_MILLIS = 50;

    /** How soon a new size of the terminal is seen. */
    private static final long RESIZE_MILLIS = 100;

    private final Terminal terminal;
    private final Server server;
    private final Duration interval;
    private final TopFrame frame;
    private final Display display;

    private volatile boolean resized;

    private boolean grouped = true;
    private boolean paused;
    private TopFrame.Sort sort = TopFrame.Sort.AGE;
    private int scroll;
    private boolean looksNow; // after a key that changes the view
    private String message = "";
    private @Nullable StringBuilder typed; // what is typed for a switch; null: nothing is asked

    private @Nullable Map<String, Object> before;
    private long beforeNanos;
    private List<String> head = List.of();
    private TextTable table = new TextTable();

    TopScreen(Terminal terminal, Server server, Duration interval) {
        this.terminal = terminal;
        this.server = server;
        this.interval = interval;
        this.frame = new TopFrame(server.name());
        this.display = new Display(terminal, true);
    }

    /** Shows the server until the user has had enough. */
    void run() throws IOException, InterruptedException {
        Attributes attributes = terminal.enterRawMode();
        terminal.handle(Terminal.Signal.WINCH, signal -> resized = true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            resize();
            loop();
        } finally {
            terminal.puts(Capability.exit_ca_mode);
            terminal.puts(Capability.cursor_visible);
            terminal.flush();
            terminal.setAttributes(attributes);
        }
    }

    private void loop() throws IOException, InterruptedException {
        long nextLook = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            if (now - nextLook >= 0) {
                if (!paused) {
                    look();
                }
                nextLook = now + interval.toNanos();
            }
            if (resized) {
                resized = false;
                resize();
            }
            draw();
            long wait = Math.max(1, (nextLook - System.nanoTime()) / 1_000_000);
            int key = terminal.reader().read(Math.min(wait, RESIZE_MILLIS));
            if (key == NonBlockingReader.EOF) {
                return;
            }
            if (key != NonBlockingReader.READ_EXPIRED) {
                looksNow = false;
                if (!take(key)) {
                    return;
                }
                if (looksNow) {
                    nextLook = System.nanoTime(); // the new view at once
                }
            }
        }
    }

    private void resize() {
        Size size = terminal.getSize();
        display.clear();
        display.resize(Math.max(1, size.getRows()), Math.max(1, size.getColumns()));
    }

    private void look() throws InterruptedException {
        try {
            Map<String, Object> numbers = server.numbers();
            long now = System.nanoTime();
            head = frame.head(numbers, before, Duration.ofNanos(now - beforeNanos));
            if (now - beforeNanos >= interval.toNanos() / 2 || before == null) {
                before = numbers; // a rate over some milliseconds would mean nothing
                beforeNanos = now;
            }
            Map<String, Object> answer = server.requests(grouped);
            table = grouped ? frame.groups(answer) : frame.requests(answer, sort);
            if (message.startsWith(server.name())) {
                message = "";
            }
        } catch (StartFailedException unanswered) {
            message =
                    String.valueOf(unanswered.getMessage()); // the last answer stays on the screen
        }
    }

    private void draw() {
        int width = Math.max(1, terminal.getWidth());
        int height = Math.max(1, terminal.getHeight());
        List<AttributedString> lines = new ArrayList<>();
        for (String line : head) {
            lines.add(plain(line, width));
        }
        lines.add(AttributedString.EMPTY);
        List<String> rows = table.lines(width);
        lines.add(styled(rows.getFirst(), width, AttributedStyle.INVERSE));
        int room = Math.max(0, height - lines.size() - 1);
        scroll = Math.max(0, Math.min(scroll, rows.size() - 1 - room));
        for (String row : rows.subList(1 + scroll, Math.min(rows.size(), 1 + scroll + room))) {
            lines.add(plain(row, width));
        }
        while (lines.size() < height - 1) {
            lines.add(AttributedString.EMPTY);
        }
        while (lines.size() > height - 1 && lines.size() > 1) {
            lines.removeLast();
        }
        lines.add(styled(footer(), width, AttributedStyle.BOLD));
        display.update(lines, -1);
    }

    private String footer() {
        StringBuilder asked = typed;
        if (asked != null) {
            return "switch to (such as gevent=500; Enter, or Escape to leave it): " + asked + "_";
        }
        if (!message.isEmpty()) {
            return TerminalText.clean(message);
        }
        return CLOCK.format(LocalTime.now(ZoneId.systemDefault()))
                + "  "
                + (paused ? "PAUSED  " : "")
                + (grouped ? "" : "by " + sort.word() + "  ")
                + KEYS;
    }

    private static AttributedString plain(String line, int width) {
        return new AttributedString(cut(line, width));
    }

    private static AttributedString styled(String line, int width, AttributedStyle style) {
        return new AttributedString(TerminalText.column(line, width), style);
    }

    private static String cut(String line, int width) {
        return line.length() > width ? line.substring(0, width) : line;
    }

    /** Returns false if the user has had enough. */
    private boolean take(int key) throws IOException, InterruptedException {
        StringBuilder asked = typed;
        if (asked != null) {
            type(asked, key);
            return true;
        }
        message = "";
        switch (key) {
            case 'q', CTRL_C -> {
                return false;
            }
            case 'g' -> {
                grouped = !grouped;
                scroll = 0;
                looksNow = true;
            }
            case 's' -> {
                grouped = false;
                sort = sort.next();
                looksNow = true;
            }
            case 'p' -> paused = !paused;
            case 'd' -> dump();
            case 'm' -> typed = new StringBuilder();
            case ESCAPE -> scroll();
            default -> message = KEYS;
        }
        return true;
    }

    private void scroll() throws IOException {
        if (terminal.reader().read(ESCAPE_MILLIS) < 0) {
            return; // the key Escape alone
        }
        int arrow = terminal.reader().read(ESCAPE_MILLIS);
        if (arrow == UP) {
            scroll--;
        } else if (arrow == DOWN) {
            scroll++;
        }
    }

    private void type(StringBuilder asked, int key) throws InterruptedException {
        if (key == ESCAPE || key == CTRL_C) {
            typed = null;
        } else if (key == '\r' || key == '\n') {
            typed = null;
            try {
                message = TerminalText.line(SwitchCommand.apply(server, asked.toString().strip()));
                looksNow = true;
            } catch (StartFailedException | InvalidSettingException refused) {
                message = String.valueOf(refused.getMessage());
            }
        } else if (key == DELETE || key == BACKSPACE) {
            asked.setLength(Math.max(0, asked.length() - 1));
        } else if (key >= ' ') {
            asked.append((char) key);
        }
    }

    private void dump() throws InterruptedException {
        Path file =
                Path.of(
                                "treadle-stacks-"
                                        + FILE_TIME.format(LocalTime.now(ZoneId.systemDefault()))
                                        + ".txt")
                        .toAbsolutePath();
        try {
            Files.writeString(file, StacksCommand.text(server), StandardOpenOption.CREATE_NEW);
            message = "written: " + file;
        } catch (FileAlreadyExistsException twice) {
            message = file + " is there already";
        } catch (IOException | StartFailedException failed) {
            message = file + ": " + failed;
        }
    }
}
