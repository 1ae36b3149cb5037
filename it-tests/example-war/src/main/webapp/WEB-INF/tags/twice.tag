<%@ tag body-content="scriptless" %><jsp:doBody/> <jsp:doBody/>
