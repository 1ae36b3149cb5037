<% response.sendRedirect("deeper/page?a=1"); %>
