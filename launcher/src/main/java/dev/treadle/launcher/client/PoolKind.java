package dev.treadle.launcher.client;

import java.util.regex.Pattern;

/** The pools of JDBC connections that {@code treadle doctor} knows in a WAR. */
enum PoolKind {
    HIKARI(
            "HikariCP",
            10,
            "setMaximumPoolSize",
            "(.*\\.)?maximumpoolsize",
            "com/zaxxer/hikari/Hikari(Config|DataSource)"),
    TOMCAT(
            "Tomcat JDBC",
            100,
            "setMaxActive",
            "(.*\\.)?tomcat\\.maxactive",
            "org/apache/tomcat/jdbc/pool/(DataSource|PoolProperties)"),
    DBCP(
            "Commons DBCP 2",
            8,
            "setMaxTotal",
            "(.*\\.)?dbcp2\\.maxtotal",
            "org/apache/commons/dbcp2/BasicDataSource"),
    C3P0(
            "c3p0",
            15,
            "setMaxPoolSize",
            "(.*\\.)?c3p0\\.(maxpoolsize|maxsize)",
            "com/mchange/v2/c3p0/ComboPooledDataSource");

    final String title;

    /** How many connections it has if nothing sets that. */
    final int size;

    final String setter;

    /** The name of its size in a file, in small letters without hyphens and underscores. */
    final Pattern key;

    /** The classes that have the setter, with slashes. */
    final Pattern owner;

    PoolKind(String title, int size, String setter, String key, String owner) {
        this.title = title;
        this.size = size;
        this.setter = setter;
        this.key = Pattern.compile(key);
        this.owner = Pattern.compile(owner);
    }
}
