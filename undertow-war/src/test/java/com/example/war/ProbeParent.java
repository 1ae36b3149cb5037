package com.example.war;

import jakarta.annotation.PostConstruct;
import jakarta.servlet.http.HttpServlet;

/** Its method is overridden. */
abstract class ProbeParent extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @PostConstruct
    void construct() {}
}
