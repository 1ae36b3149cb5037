<%@ page contentType="text/plain; charset=UTF-8" isErrorPage="true" %>
our error page: ${pageContext.errorData.statusCode} at ${pageContext.errorData.requestURI}
