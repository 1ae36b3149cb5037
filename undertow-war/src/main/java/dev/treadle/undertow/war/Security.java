package dev.treadle.undertow.war;

import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.HttpMethodSecurityInfo;
import io.undertow.servlet.api.SecurityConstraint;
import io.undertow.servlet.api.SecurityInfo;
import io.undertow.servlet.api.SecurityInfo.EmptyRoleSemantic;
import io.undertow.servlet.api.ServletSecurityInfo;
import io.undertow.servlet.api.TransportGuaranteeType;
import io.undertow.servlet.api.WebResourceCollection;

import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;

import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.WebXml;

import java.util.List;
import java.util.Locale;

/** Translates security constraints and the login. */
final class Security {
    private static final String ALL_ROLES = "*";
    private static final String ANY_USER = "**";

    private Security() {}

    static void add(WebXml from, DeploymentInfo to, UndertowWar.Surroundings surroundings) {
        to.setIdentityManager(surroundings.users())
                .setConfidentialPortManager(surroundings.https());
        to.setDenyUncoveredHttpMethods(from.getDenyUncoveredHttpMethods());
        to.addSecurityRoles(from.getSecurityRoles());
        from.getSecurityConstraints()
                .forEach(constraint -> to.addSecurityConstraint(constraint(constraint, from)));
        LoginConfig login = from.getLoginConfig();
        if (login != null && login.getAuthMethod() != null) {
            to.setLoginConfig(
                    new io.undertow.servlet.api.LoginConfig(
                            method(login.getAuthMethod()),
                            login.getRealmName(),
                            login.getLoginPage(),
                            login.getErrorPage()));
        }
    }

    /** Undertow has the name of the constant in the API, {@code CLIENT_CERT}. */
    private static String method(String inDescriptor) {
        return inDescriptor.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static SecurityConstraint constraint(
            org.apache.tomcat.util.descriptor.web.SecurityConstraint from, WebXml descriptor) {
        SecurityConstraint to = new SecurityConstraint();
        to.setEmptyRoleSemantic(
                from.getAuthConstraint() ? EmptyRoleSemantic.DENY : EmptyRoleSemantic.PERMIT);
        to.addRolesAllowed(from.findAuthRoles());
        if (from.getAllRoles()) {
            // the name itself too: a constraint without a role would let nobody try to log in
            to.addRoleAllowed(ALL_ROLES).addRolesAllowed(descriptor.getSecurityRoles());
        }
        if (from.getAuthenticatedUsers()) {
            to.addRoleAllowed(ANY_USER);
        }
        if (from.getUserConstraint() != null) {
            to.setTransportGuaranteeType(
                    TransportGuaranteeType.valueOf(
                            from.getUserConstraint().toUpperCase(Locale.ROOT)));
        }
        for (SecurityCollection resources : from.findCollections()) {
            to.addWebResourceCollection(
                    new WebResourceCollection()
                            .addUrlPatterns(resources.findPatterns())
                            .addHttpMethods(resources.findMethods())
                            .addHttpMethodOmissions(resources.findOmittedMethods()));
        }
        return to;
    }

    /** Translates the annotation of a servlet. */
    static ServletSecurityInfo of(ServletSecurity annotation) {
        ServletSecurityElement from = new ServletSecurityElement(annotation);
        ServletSecurityInfo to = new ServletSecurityInfo();
        constrain(to, from);
        for (HttpMethodConstraintElement method : from.getHttpMethodConstraints()) {
            HttpMethodSecurityInfo info =
                    new HttpMethodSecurityInfo().setMethod(method.getMethodName());
            constrain(info, method);
            to.addHttpMethodSecurityInfo(info);
        }
        return to;
    }

    private static void constrain(SecurityInfo<?> to, HttpConstraintElement from) {
        boolean deny = from.getEmptyRoleSemantic() == ServletSecurity.EmptyRoleSemantic.DENY;
        boolean tls = from.getTransportGuarantee() == TransportGuarantee.CONFIDENTIAL;
        to.setEmptyRoleSemantic(deny ? EmptyRoleSemantic.DENY : EmptyRoleSemantic.PERMIT);
        to.setTransportGuaranteeType(
                tls ? TransportGuaranteeType.CONFIDENTIAL : TransportGuaranteeType.NONE);
        to.addRolesAllowed(List.of(from.getRolesAllowed()));
    }
}
