# Sourced by the scripts `treadle` and `bench/run`: finds a Java that can run Treadle, and has Maven build what is missing.
# Whoever sources it has a function say, and home: the root of the repository.

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

# Whether the file $1 is there and none of the other files and directories has anything newer in it.
up_to_date() {
    local made=$1
    shift
    [ -f "$made" ] || return 1
    [ -z "$(find "$@" -newer "$made" -print 2>/dev/null | head -n 1)" ]
}

# Shows of all that Maven says which module it builds, and that downloads go on.
steps() {
    awk '
        /Downloaded from / && ++files % 100 == 0 { print "  " files " files downloaded"; fflush() }
        /^\[INFO\] Building .*\[[0-9]+\/[0-9]+\]$/ { sub(/^\[INFO\] Building /, ""); gsub(/  +/, " "); print "  " $0; fflush() }'
}

# Builds the module $1, or several with commas between, with what they need; $2 says what it is. $3 says what becomes of the tests.
build() {
    local java_home log
    if ! command -v mvn >/dev/null; then
        say "mvn: not found (expected: Maven 3.8.7 or newer on the PATH): the $2 must be built once; install Maven"
        return 1
    fi
    say "building the $2 once; this takes a minute, and a few more where Maven has to download what it needs ..."
    # Maven goes by JAVA_HOME too; one that is no good to us may be no good to it
    java_home=$(dirname "$(dirname "$java")")
    if [ "$java_home_fits" = no ]; then
        export JAVA_HOME=$java_home
    fi
    log=$(mktemp)
    if ! mvn -B --color never "${3:--Dmaven.test.skip=true}" -f "$home/pom.xml" -pl "$1" -am package 2>&1 | tee "$log" | steps >&2; then
        grep '^\[ERROR\]' "$log" >&2 || tail -n 20 "$log" >&2
        rm -f "$log"
        say "build: failed (expected: the $2 in $home/${1%%,*}/target); what Maven says is above"
        return 1
    fi
    rm -f "$log"
}
