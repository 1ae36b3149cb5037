package dev.treadle.it;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Web applications of other people, as Maven Central has them, and the pages of each by which it is
 * known to work: some need JSP, sessions, uploads, a login or WebSocket.
 */
enum RealWar {
    /** JSP, sessions, a form login, WebSocket. */
    TOMCAT_EXAMPLES(
            List.of(),
            List.of(),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/jsp/num/numguess.jsp", "Number Guess");
                    visitor.submits(
                            "/servlets/servlet/SessionExample",
                            Map.of("dataname", "colour", "datavalue", "red"),
                            "colour = red");
                    visitor.sees("/servlets/servlet/SessionExample", "colour = red");
                    visitor.sees("/jsp/security/protected/index.jsp", "j_security_check");
                    visitor.submits(
                            "/jsp/security/protected/j_security_check",
                            Map.of("j_username", "anna", "j_password", "secret"),
                            "You are logged in as remote user");
                }
                try (Web web = new Web(server)) {
                    String echo = web.say("/websocket/echoProgrammatic", "hello");
                    if (!echo.equals("hello")) {
                        throw new IllegalStateException("echo: " + echo);
                    }
                }
            }),
    /** A login with BASIC; a listener; JSON. */
    JOLOKIA(
            List.of(),
            List.of(),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.seesAs("anna", "secret", "/version", "\"agent\"");
                    visitor.seesAs(
                            "anna", "secret", "/read/java.lang:type=Memory", "HeapMemoryUsage");
                }
            }),
    /** Filters, static pages, sessions. */
    HAWTIO(
            List.of("-Dhawtio.authenticationEnabled=false"),
            List.of(),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/", "<title>Hawtio");
                    visitor.sees("/jolokia/version", "\"status\":200");
                }
            }),
    /** javax: uploads; Shiro; a database in memory. */
    FUSEKI(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.submits("/$/datasets", Map.of("dbName", "ds", "dbType", "mem"), "");
                    visitor.uploads(
                            "/ds/data", "file", "a.ttl", "<x:a> <x:b> \"a literal\" .", "count");
                    visitor.submits(
                            "/ds/query",
                            Map.of("query", "SELECT ?o { <x:a> <x:b> ?o }"),
                            "a literal");
                }
            }),
    /** javax: JSP, SOAP, class loaders of its own. */
    AXIS2(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/", "Axis2");
                    visitor.sees("/services/Version?wsdl", "wsdl:definitions");
                    visitor.sees("/services/Version/getVersion", "Apache Axis2");
                    visitor.submits(
                            "/axis2-admin/login",
                            Map.of("userName", "admin", "password", "axis2"),
                            "Log out");
                }
            }),
    /** javax: JSP with tag libraries, filters, sessions, a login of its own. */
    JSPWIKI(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/", "JSPWiki");
                    visitor.sees("/Login.jsp", "j_username");
                    visitor.sees("/Wiki.jsp?page=Nowhere", "Nowhere");
                }
            }),
    /** javax: filters at the root path, XSLT, a proxy. */
    RDF4J_WORKBENCH(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/", "xml-stylesheet");
                    visitor.sees("/repositories/NONE/server", "xml-stylesheet");
                }
            }),
    /** javax: Spring MVC with JSP views, redirects of forwards, uploads. */
    RDF4J_SERVER(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/", "RDF4J Server");
                    visitor.sees("/protocol", "1");
                    visitor.sees("/system/overview.view", "Memory");
                }
            }),
    /** javax: JSP, WebDAV, JNDI and RMI at its start. */
    JACKRABBIT(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/", "Jackrabbit");
                    visitor.sees("/bootstrap/missing.jsp", "Jackrabbit");
                }
            }),
    /** javax: pages with state in the session, uploads, WebSocket. */
    WICKET_EXAMPLES(
            List.of(),
            List.of("--migrate"),
            server -> {
                try (Visitor visitor = new Visitor(server)) {
                    visitor.sees("/helloworld", "Hello World");
                    visitor.sees("/linkcounter", "0");
                    visitor.sees("/upload/single", "multipart/form-data");
                }
            });

    /** Uses a server, and fails if it does not answer as expected. */
    interface Smoke {
        void of(URI server) throws Exception;
    }

    private final List<String> jvmOptions;
    private final List<String> options;
    private final Smoke smoke;

    RealWar(List<String> jvmOptions, List<String> options, Smoke smoke) {
        this.jvmOptions = jvmOptions;
        this.options = options;
        this.smoke = smoke;
    }

    /** Returns its file's name: {@code tomcat-examples.war}. */
    String file() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".war";
    }

    List<String> jvmOptions() {
        return jvmOptions;
    }

    List<String> options() {
        return options;
    }

    Smoke smoke() {
        return smoke;
    }
}
