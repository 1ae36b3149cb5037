package dev.treadle.it;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Web applications of other people, as Maven Central has them, and the pages of each by which it is
 * known to work: some need JSP, sessions, uploads, a login or WebSocket.
 */
record RealWar(String file, List<String> jvmOptions, List<String> options, RealWar.Smoke smoke) {
    /** JSP, sessions, a form login, WebSocket. */
    private static final RealWar TOMCAT_EXAMPLES =
            new RealWar(
                    "tomcat-examples.war",
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
                    });

    /** A login with BASIC; a listener; JSON. */
    private static final RealWar JOLOKIA =
            new RealWar(
                    "jolokia.war",
                    List.of(),
                    List.of(),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.seesAs("anna", "secret", "/version", "\"agent\"");
                            visitor.seesAs(
                                    "anna",
                                    "secret",
                                    "/read/java.lang:type=Memory",
                                    "HeapMemoryUsage");
                        }
                    });

    /** Filters, static pages, sessions. */
    private static final RealWar HAWTIO =
            new RealWar(
                    "hawtio.war",
                    List.of("-Dhawtio.authenticationEnabled=false"),
                    List.of(),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/", "<title>Hawtio");
                            visitor.sees("/jolokia/version", "\"status\":200");
                        }
                    });

    /** javax: uploads; Shiro; a database in memory. */
    private static final RealWar FUSEKI =
            new RealWar(
                    "fuseki.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.submits(
                                    "/$/datasets", Map.of("dbName", "ds", "dbType", "mem"), "");
                            visitor.uploads(
                                    "/ds/data",
                                    "file",
                                    "a.ttl",
                                    "<x:a> <x:b> \"a literal\" .",
                                    "count");
                            visitor.submits(
                                    "/ds/query",
                                    Map.of("query", "SELECT ?o { <x:a> <x:b> ?o }"),
                                    "a literal");
                        }
                    });

    /** javax: JSP, SOAP, class loaders of its own. */
    private static final RealWar AXIS2 =
            new RealWar(
                    "axis2.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/", "Axis2");
                            visitor.sees("/services/Version?wsdl", "wsdl:definitions");
                            visitor.sees("/services/Version/getVersion", "Axis2 version");
                            visitor.submits(
                                    "/axis2-admin/login",
                                    Map.of("userName", "admin", "password", "axis2"),
                                    "Log out");
                        }
                    });

    /** javax: JSP with tag libraries, filters, sessions, a login of its own. */
    private static final RealWar JSPWIKI =
            new RealWar(
                    "jspwiki.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/", "JSPWiki");
                            visitor.sees("/Login.jsp", "j_username");
                            visitor.sees("/Wiki.jsp?page=Nowhere", "Nowhere");
                        }
                    });

    /** javax: filters at the root path, XSLT, a proxy. */
    private static final RealWar RDF4J_WORKBENCH =
            new RealWar(
                    "rdf4j-workbench.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/", "xml-stylesheet");
                            visitor.sees("/repositories/NONE/server", "xml-stylesheet");
                        }
                    });

    /** javax: Spring MVC with JSP views, redirects of forwards, uploads. */
    private static final RealWar RDF4J_SERVER =
            new RealWar(
                    "rdf4j-server.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/", "RDF4J Server");
                            visitor.sees("/protocol", "1");
                            visitor.sees("/system/overview.view", "Memory");
                        }
                    });

    /** javax: JSP, WebDAV, JNDI and RMI at its start. */
    private static final RealWar JACKRABBIT =
            new RealWar(
                    "jackrabbit.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/", "Jackrabbit");
                            visitor.sees("/bootstrap/missing.jsp", "Jackrabbit");
                        }
                    });

    /** javax: pages with state in the session, uploads, WebSocket. */
    private static final RealWar WICKET_EXAMPLES =
            new RealWar(
                    "wicket-examples.war",
                    List.of(),
                    List.of("--migrate"),
                    server -> {
                        try (Visitor visitor = new Visitor(server)) {
                            visitor.sees("/helloworld", "Hello World");
                            visitor.sees("/guestbook", "guestbook");
                            visitor.sees("/upload/single", "multipart/form-data");
                        }
                    });

    /** All of them. */
    static final List<RealWar> ALL =
            List.of(
                    TOMCAT_EXAMPLES,
                    JOLOKIA,
                    HAWTIO,
                    FUSEKI,
                    AXIS2,
                    JSPWIKI,
                    RDF4J_WORKBENCH,
                    RDF4J_SERVER,
                    JACKRABBIT,
                    WICKET_EXAMPLES);

    /** Uses a server, and fails if it does not answer as expected. */
    interface Smoke {
        void of(URI server) throws Exception;
    }
}
