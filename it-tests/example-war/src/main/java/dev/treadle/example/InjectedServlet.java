package dev.treadle.example;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;

/** Gets entries of web.xml, and is told when it begins and ends. */
@WebServlet("/injected")
public final class InjectedServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "greeting")
    private String greeting = "none";

    private int answer;
    private String constructed = "never";

    @Resource(name = "answer")
    void setAnswer(int answer) {
        this.answer = answer;
    }

    @PostConstruct
    void construct() {
        constructed = "with " + greeting;
    }

    @PreDestroy
    void end() {
        System.err.println("the injected servlet has ended");
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType("text/plain");
        response.getWriter().print(greeting + " " + answer + ", constructed " + constructed);
    }
}
