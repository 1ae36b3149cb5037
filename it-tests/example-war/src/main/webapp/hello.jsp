<%@ page contentType="text/plain; charset=UTF-8" %>
<%! private static final String GREETING = "hello"; %>
<%= GREETING %> from a JSP, 6 x 7 = ${6 * 7}, started by ${applicationScope['example.started']}
