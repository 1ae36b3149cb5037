package dev.treadle.boot;

import dev.treadle.HubsUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains how to start a JVM so that it can have hubs. */
final class HubsUnavailableFailureAnalyzer
        extends AbstractFailureAnalyzer<HubsUnavailableException> {
    private static final String ACTION =
            """
            Open java.lang to the application, in one of these ways:

              - in the manifest of the executable jar, which is read by java -jar only. Maven:

                    <plugin>
                      <artifactId>maven-jar-plugin</artifactId>
                      <configuration><archive><manifestEntries>
                        <Add-Opens>java.base/java.lang</Add-Opens>
                      </manifestEntries></archive></configuration>
                    </plugin>

                Gradle:  tasks.named('bootJar') { manifest { attributes 'Add-Opens': 'java.base/java.lang' } }

              - on the command line:  java --add-opens java.base/java.lang=ALL-UNNAMED -jar app.jar
              - in the environment:   JDK_JAVA_OPTIONS='--add-opens java.base/java.lang=ALL-UNNAMED'

            Or take a model that needs nothing of the kind: treadle.virtual=1000 or treadle.threads=200.\
            """;

    @Override
    protected FailureAnalysis analyze(Throwable root, HubsUnavailableException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), ACTION, cause);
    }
}
