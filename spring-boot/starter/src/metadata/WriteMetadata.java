import dev.treadle.settings.Setting;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Writes what editors show for {@code treadle.*}: a file by hand for what is Boot's own, and in it
 * the rows of {@link Setting} that the file does not have. The build runs this, as a program of one
 * file (JEP 330).
 */
final class WriteMetadata {
    private static final String PLACE = "\"properties\": [";
    private static final String END = "\"hints\": [";

    private WriteMetadata() {}

    /**
     * @param args the file by hand, and the file to write
     */
    public static void main(String[] args) throws IOException {
        String own = Files.readString(Path.of(args[0]));
        int place = after(PLACE, own);
        String byHand = own.substring(place, after(END, own));
        String rows =
                Arrays.stream(Setting.values())
                        .filter(setting -> !byHand.contains(quoted(setting.property())))
                        .map(WriteMetadata::property)
                        .collect(Collectors.joining());
        Path file = Path.of(args[1]);
        Files.createDirectories(file.getParent());
        Files.writeString(file, own.substring(0, place) + rows + own.substring(place));
    }

    private static int after(String part, String text) {
        int at = text.indexOf(part);
        if (at < 0) {
            throw new IllegalArgumentException("the file by hand: no " + part);
        }
        return at + part.length();
    }

    private static String property(Setting setting) {
        String text = setting.defaultText().orElse("");
        boolean fixed = setting.isDefaultFixed();
        String help = setting.help() + (fixed || text.isEmpty() ? "" : " Default: " + text + ".");
        return "\n    {\n      \"name\": "
                + quoted(setting.property())
                + ",\n      \"type\": "
                + quoted(setting.javaType())
                + ",\n      \"description\": "
                + quoted(help)
                + (fixed ? ",\n      \"defaultValue\": " + value(setting, text) : "")
                + "\n    },";
    }

    private static String value(Setting setting, String text) {
        return setting.javaType().equals(Integer.class.getName()) ? text : quoted(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
