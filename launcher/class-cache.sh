# Sourced after find-java.sh by the scripts that start the launcher: takes --class-cache DIR from their arguments, and makes
# options of the JVM of it. The JVM must have them before it runs, so the launcher itself cannot do that.
#
# The JVM keeps the classes that a server has loaded in an archive (class data sharing), which it writes when the server ends and
# maps at the next start. The name of the archive has a checksum of Java and of the jars: the JVM refuses an archive of other
# jars, but does not replace it.

# A JVM writes the archive after a failed start too, and would then be content with its few classes. An archive of a server that
# has served has this text: a constant of the class ServerEnd, which is loaded then.
readonly MARK_OF_A_SERVER=treadle-draining

# set by take_class_cache: what is left of the arguments, and the options of the JVM
arguments=()
jvm_options=()

# $1: the folder of treadle.jar; the others are the arguments of the script. Ends the script after a mistake.
take_class_cache() {
    local home=$1 cache='' given=no container=tomcat
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            --class-cache=*) given=yes cache=${1#*=} ;;
            --class-cache)
                given=yes cache=${2:-}
                [ $# -eq 1 ] || shift
                ;;
            *)
                case $1 in
                    --container=*) container=${1#*=} ;;
                    --container) container=${2:-} ;;
                esac
                arguments+=("$1")
                ;;
        esac
        shift
    done
    [ "$given" = no ] || use_class_cache "$home" "$cache" "${container//[^a-z0-9-]/_}"
}

# $1: the folder of treadle.jar, $2: the folder of the archive, $3: the container.
use_class_cache() {
    local archive reason old
    if [ ! -d "$2" ]; then
        say "--class-cache: ${2:-no value} (expected: a folder that exists)"
        exit 2
    fi
    # a dot, which no container has in its name: that of one may begin with that of another
    archive=$2/treadle-$3.$(class_cache_key "$1").jsa
    if [ -w "$2" ]; then
        for old in "$2/treadle-$3."*.jsa; do
            [ "$old" = "$archive" ] && LC_ALL=C grep -qa "$MARK_OF_A_SERVER" "$old" || rm -f "$old"
        done
        if [ ! -f "$archive" ] && ! reason=$("$java" -Xshare:on -version 2>&1); then
            say "--class-cache: not used, $java cannot share classes: $(printf '%s\n' "$reason" | grep -v '^NOTE: ' | head -n 1)"
            return
        fi
        jvm_options+=(-XX:+AutoCreateSharedArchive)
    elif [ ! -r "$archive" ]; then
        say "--class-cache: $2 (expected: a folder that can be written, or one with $(basename "$archive"), which this Java" \
            "makes for these jars)"
        exit 2
    fi
    # without the hundreds of warnings that name the classes which no archive can have
    jvm_options+=("-XX:SharedArchiveFile=$archive" '-Xlog:cds*=error')
}

# Prints a checksum of all that an archive depends on. The JVM itself replaces an archive of another version of Java.
class_cache_key() {
    { ls -lnLd "$java"; ls -lnR "$1/treadle.jar" "$1/lib"; } | cksum | cut -d ' ' -f 1
}
