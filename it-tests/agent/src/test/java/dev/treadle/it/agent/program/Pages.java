package dev.treadle.it.agent.program;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pages of the programs. */
public final class Pages extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final long LONG_MILLIS = 60_000;
    private static final long LOOK_MILLIS = 10;
    private static final long GUARDED_MILLIS = 500;

    /** The file whose coming lets the held requests go. */
    private final transient Path release;

    private final transient Guarded guarded = new Guarded();

    /** Made by the program. */
    public Pages(Path directory) {
        release = directory.resolve("release");
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        switch (request.getRequestURI()) {
            case "/sleep" -> sleep(response, Long.parseLong(request.getQueryString()));
            case "/nap" -> nap(response);
            case "/hold" -> hold(response);
            case "/pooled" -> PooledCalls.answer(request.getQueryString(), response);
            case "/guarded" -> guarded(response, request.getQueryString());
            case "/async" -> answerLater(request.startAsync());
            default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private static String thread() {
        Thread thread = Thread.currentThread();
        return "virtual=" + thread.isVirtual() + " " + thread.getName();
    }

    private static void sleep(HttpServletResponse response, long millis) throws IOException {
        pause(millis);
        response.getWriter().println("slept: " + thread());
    }

    private static void nap(HttpServletResponse response) throws IOException {
        System.out.println("napping");
        pause(LONG_MILLIS);
        response.getWriter().println("slept");
    }

    private void guarded(HttpServletResponse response, String kind) throws IOException {
        try {
            guarded.block(kind, GUARDED_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        response.getWriter().println("blocked");
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void hold(HttpServletResponse response) throws IOException {
        PrintWriter out = response.getWriter();
        out.print("inside: " + thread() + "\n"); // println has a return too in Undertow
        out.flush();
        while (!Files.exists(release)) {
            pause(LOOK_MILLIS);
        }
        out.println("done");
    }

    private static void answerLater(AsyncContext context) {
        context.start(() -> {
            try {
                context.getResponse().getWriter().println("asynchronous: " + thread());
            } catch (IOException gone) {
                System.out.println(gone);
            }
            context.complete();
        });
    }
}
