package dev.treadle.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.util.Locale;

/** Chooses a locale; web.xml says which encoding goes with it. */
@WebServlet("/japanese")
public final class JapaneseServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType("text/plain");
        response.setLocale(Locale.JAPANESE);
        response.getWriter().print("in " + response.getCharacterEncoding());
    }
}
