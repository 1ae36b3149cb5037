package dev.treadle.example;

import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;

import java.io.IOException;

/** Says what it was sent. */
@WebServlet("/upload")
@MultipartConfig(maxFileSize = 100_000, maxRequestSize = 200_000)
public final class UploadServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        response.setContentType("text/plain");
        Part file = request.getPart("file");
        response.getWriter()
                .print(
                        file.getSubmittedFileName()
                                + ": "
                                + file.getSize()
                                + " bytes, note: "
                                + request.getParameter("note"));
    }
}
