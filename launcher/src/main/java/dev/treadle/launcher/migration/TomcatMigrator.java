package dev.treadle.launcher.migration;

import dev.treadle.launcher.provision.Migrator;

import org.apache.tomcat.jakartaee.EESpecProfiles;
import org.apache.tomcat.jakartaee.Migration;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Tomcat's tool for migration. It converts the APIs that Tomcat has: in classes, pages and text.
 */
public final class TomcatMigrator implements Migrator {
    /** For the launcher. */
    public TomcatMigrator() {}

    @Override
    public void migrate(Path from, Path to) throws IOException {
        Migration migration = new Migration();
        migration.setEESpecProfile(EESpecProfiles.TOMCAT);
        migration.setSource(from.toFile());
        migration.setDestination(to.toFile());
        migration.execute();
    }
}
