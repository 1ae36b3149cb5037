package dev.treadle.tck;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A recording of the JDK Flight Recorder with some events of Treadle. */
final class Recorded implements AutoCloseable {
    private final Recording recording = new Recording();
    private final Path file;

    Recorded(String... events) throws IOException {
        file = Files.createTempFile("tck-recording", ".jfr");
        for (String event : events) {
            recording.enable(event).withoutThreshold();
        }
        recording.start();
    }

    /** Returns the events of that name so far, in the order of their begin. */
    List<RecordedEvent> events(String name) throws IOException {
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    @Override
    public void close() throws IOException {
        recording.close();
        Files.delete(file);
    }
}
