package dev.treadle.launcher.host;

import java.nio.file.Path;

/**
 * What a container is asked to serve, and where.
 *
 * @param address where to listen
 * @param content what to serve
 * @param workDirectory an empty directory for the container's own files; removed after the stop
 */
public record Site(HttpAddress address, Content content, Path workDirectory) {}
