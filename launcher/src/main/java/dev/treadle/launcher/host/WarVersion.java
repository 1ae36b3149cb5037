package dev.treadle.launcher.host;

import java.nio.file.Path;

/**
 * One version of a web application: its files as they were at one moment.
 *
 * @param war the application
 * @param source the WAR file, or a directory with a copy of the exploded one, which nobody changes
 * @param directory an empty directory for all files that the container makes of this version;
 *     removed when the version has stopped
 * @param number 0 for the version that the server starts with; greater for each later one
 */
public record WarVersion(Content.War war, Path source, Path directory, int number) {}
