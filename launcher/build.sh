# Sourced after find-java.sh by the scripts `treadle` and `bench/run`: Maven builds a module that is missing or out of date.
# The script that sources it has set home to the root of the repository.

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
# All that follows is for Maven too.
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
    if ! mvn -B --color never "${3:--Dmaven.test.skip=true}" "${@:4}" -f "$home/pom.xml" -pl "$1" -am package 2>&1 | tee "$log" | steps >&2; then
        grep '^\[ERROR\]' "$log" >&2 || tail -n 20 "$log" >&2
        rm -f "$log"
        say "build: failed (expected: the $2 in $home/${1%%,*}/target); what Maven says is above"
        return 1
    fi
    rm -f "$log"
}
