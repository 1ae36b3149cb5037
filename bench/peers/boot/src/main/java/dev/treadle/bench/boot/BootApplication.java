package dev.treadle.bench.boot;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application: its only bean is the controller. */
@SpringBootApplication
class BootApplication {}
