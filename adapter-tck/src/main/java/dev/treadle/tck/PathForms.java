package dev.treadle.tck;

import java.util.List;

/** The ways in which a client can write a path. */
final class PathForms {
    private PathForms() {}

    /**
     * Other ways to write a path. A container may refuse some of them with 400 or 404 by itself.
     * The application never sees one of them while the path itself is refused.
     */
    static List<String> of(String path) {
        String name = path.substring(1);
        return List.of(
                "/healthz/.." + path,
                "/healthz/./.." + path,
                "/healthz/a/../.." + path,
                "/healthz/%2e%2e" + path,
                "/healthz/.%2E" + path,
                "/healthz/%2e%2e%2f" + name,
                "/healthz/..%2f" + name,
                "/healthz/..;x=1" + path,
                "/healthz;x=1/.." + path,
                "/healthz//.." + path,
                "/healthz/../../.." + path,
                "/" + path,
                "/." + path,
                "/%2e" + path,
                "/a/.." + path,
                "/%2f" + name,
                path + ";x=1",
                path + ";/healthz/a",
                path + "/.",
                path + "/../" + name,
                path.replace("h", "%68"),
                "http://localhost" + path,
                "http://localhost/healthz/.." + path,
                "http://localhost/" + path);
    }
}
