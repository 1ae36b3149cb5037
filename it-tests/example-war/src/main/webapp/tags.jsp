<%@ page contentType="text/plain; charset=UTF-8" %><%@ taglib uri="https://example.org/tags" prefix="lib" %><%@ taglib tagdir="/WEB-INF/tags" prefix="own" %>
<lib:shout>hello ${1 + 1}</lib:shout> <own:twice>again</own:twice>, plugs ${applicationScope['example.plugs']}, fragments ${applicationScope['example.fragments']}
