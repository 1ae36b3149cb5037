package dev.treadle.launcher.tomcat;

import dev.treadle.launcher.host.AddressRange;
import dev.treadle.launcher.host.Proxies;

import jakarta.servlet.ServletException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Sets the client of a request, and the address it has called, as trusted proxies tell them. */
final class ForwardedValve extends ValveBase {
    private final Proxies proxies;

    ForwardedValve(Proxies proxies) {
        super(true);
        this.proxies = proxies;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (!request.isAsyncDispatching()) {
            Proxies.Origin origin =
                    proxies.origin(
                            AddressRange.address(String.valueOf(request.getPeerAddr())),
                            name -> values(request, name));
            if (origin != null) {
                apply(origin, request);
            }
        }
        getNext().invoke(request, response);
    }

    private static List<String> values(Request request, String name) {
        return Collections.list(request.getHeaders(name));
    }

    private static void apply(Proxies.Origin origin, Request request) {
        org.apache.coyote.Request coyote = request.getCoyoteRequest();
        String client = origin.client().getHostAddress();
        request.setRemoteAddr(client);
        request.setRemoteHost(client);
        Proxies.Called present =
                new Proxies.Called(
                        request.getScheme(),
                        request.getServerName(),
                        Proxies.Called.portOf(request.getHeader("host")));
        Proxies.Called called = origin.called(present);
        if (!called.equals(present)) {
            coyote.scheme().setString(called.scheme());
            request.setSecure(called.secure());
            coyote.serverName().setString(called.host());
            coyote.setServerPort(called.port());
            coyote.getMimeHeaders().setValue("host").setString(called.authority());
        }
    }
}
