# Sourced by the scripts of the repository and by bin/treadle of the distribution: finds a Java that can run Treadle.
# The script that sources it has a function say.

readonly MIN_JAVA=21

# set by find_java
java=
java_home_fits=yes

# Prints what a java binary says of itself. Without the options that users have for their servers: a mistake in them is
# for the java that is started to tell, and does not make it another one.
java_says() {
    env -u JDK_JAVA_OPTIONS -u JAVA_TOOL_OPTIONS -u _JAVA_OPTIONS "$1" -version 2>&1 || true
}

# Prints the feature version of a java binary, such as 21; nothing if it is none.
java_version() {
    java_says "$1" | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9][0-9]*\).*/\2/p' | head -n 1
}

fits() {
    local version
    [ -x "$1" ] || return 1
    version=$(java_version "$1") || return 1
    [ -n "$version" ] && [ "$version" -ge "$MIN_JAVA" ]
}

shown_version() {
    local version
    if [ ! -x "$1" ]; then
        echo "no bin/java that can be run"
        return
    fi
    version=$(java_version "$1")
    if [ -n "$version" ]; then
        echo "Java $version"
    else
        echo "a java that does not run, it says: $(java_says "$1" | head -n 1)"
    fi
}

places() {
    if [ -n "${TREADLE_JDKS+set}" ]; then
        printf '%s\n' "$TREADLE_JDKS" | tr ':' '\n'
    else
        printf '%s\n' /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* /opt/java/* /opt/jdk* \
            /usr/java/* /usr/local/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk
    fi
}

# Sets java to the first one that fits.
find_java() {
    local directory on_path
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
        fits "$java" && return 0
        java_home_fits=no
        say "JAVA_HOME: $JAVA_HOME (expected: Java $MIN_JAVA or newer): it has $(shown_version "$java");" \
            "another one is looked for"
    fi
    on_path=$(command -v java || true)
    if [ -n "$on_path" ]; then
        java=$on_path
        fits "$java" && return 0
    fi
    while IFS= read -r directory; do
        java=$directory/bin/java
        fits "$java" && return 0
    done < <(places)
    if [ -n "$on_path" ]; then
        say "PATH: $on_path is $(shown_version "$on_path")"
    fi
    say "Java: none of version $MIN_JAVA or newer was found (expected: JDK $MIN_JAVA or newer):" \
        "install one, such as the package openjdk-$MIN_JAVA-jdk or Eclipse Temurin, and set JAVA_HOME to it"
    return 1
}
