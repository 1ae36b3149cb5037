package dev.treadle.tomcat;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

import java.io.IOException;
import java.net.HttpURLConnection;

/**
 * Answers 503 in place of an application that fails because its request was interrupted. A valve of
 * each web application, because further outside the answer 500 is on its way: Tomcat's valves of
 * the host write and commit error pages (ErrorReportValve, StandardHostValve, 10.1 and 11).
 */
final class InterruptedValve extends ValveBase {
    InterruptedValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        boolean returned = false;
        try {
            getNext().invoke(request, response);
            returned = true;
        } finally {
            AdmittedRequest inside = AdmittedRequest.of(request);
            if (inside != null) {
                answerIfInterrupted(inside, request, response, returned);
            }
        }
    }

    private static void answerIfInterrupted(
            AdmittedRequest inside, Request request, Response response, boolean returned)
            throws IOException {
        if (inside.permit().isRefused()) {
            // the answer has gone out as the application began its own, whose failure is no error:
            // Tomcat would close the connection for it (ErrorReportValve)
            request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
            response.setErrorReported();
            return;
        }
        // an answer that was made from a part of a body is none: getParameter, for one, hides that
        // the body ended too early
        boolean failed =
                !returned
                        || response.getStatus() >= HttpURLConnection.HTTP_INTERNAL_ERROR
                        || inside.hasInputFailed()
                        || inside.permit().interruptHeldBack();
        if (failed
                && inside.permit().interrupted()
                && !response.isCommitted()
                && !request.isAsync()) {
            inside.permit().forgetInterrupt();
            request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
            response.setSuspended(false);
            response.reset();
            OwnAnswer.write(response, inside.permit().answer());
        }
    }
}
