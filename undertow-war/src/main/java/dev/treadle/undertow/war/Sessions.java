package dev.treadle.undertow.war;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.ServletSessionConfig;

import org.apache.tomcat.util.descriptor.web.SessionConfig;

/** Translates the configuration of sessions and their cookie. */
final class Sessions {
    private static final int SECONDS = 60;

    private Sessions() {}

    static void add(SessionConfig from, DeploymentInfo to) {
        Integer minutes = from.getSessionTimeout();
        if (minutes != null) {
            to.setDefaultSessionTimeout(minutes > 0 ? minutes * SECONDS : -1);
        }
        ServletSessionConfig cookie = new ServletSessionConfig();
        // scripts need no session id, as on Tomcat
        cookie.setHttpOnly(from.getCookieHttpOnly() == null || from.getCookieHttpOnly());
        cookie.setPath(from.getCookiePath() == null ? to.getContextPath() : from.getCookiePath());
        if (from.getCookieName() != null) {
            cookie.setName(from.getCookieName());
        }
        if (from.getCookieDomain() != null) {
            cookie.setDomain(from.getCookieDomain());
        }
        if (from.getCookieSecure() != null) {
            cookie.setSecure(from.getCookieSecure());
        }
        if (from.getCookieMaxAge() != null) {
            cookie.setMaxAge(from.getCookieMaxAge());
        }
        from.getCookieAttributes().forEach(cookie::setAttribute);
        if (!from.getSessionTrackingModes().isEmpty()) {
            cookie.setSessionTrackingModes(from.getSessionTrackingModes());
        }
        to.setServletSessionConfig(cookie);
    }
}
