# Adds up what Surefire prints for each module and execution: "Tests run: 12, Failures: 0, Errors: 0, Skipped: 0" at the line's
# end, and ", Flakes: 1" where a test has passed only when it was run again. It names the tests that failed, with what Surefire
# says of them, and those that passed only when run again: the end of a log is often all that is kept of it.
# -v jdk=... -v seconds=...: said of it, if set.
{ gsub(/\033\[[0-9;]*m/, "") }
/(Failures|Errors|Flakes):[ ]*$/ {
    naming = 1
    print /Flakes/ ? "passed only when run again:" : "failed:"
    next
}
naming && /Tests run:/ { naming = 0 }
naming && /^\[(ERROR|WARNING)\] *[^ ]/ { print substr($0, 1, 400) }
/Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+(, Flakes: [0-9]+)?$/ {
    match($0, /Tests run: .*/)
    split(substr($0, RSTART), n, /[^0-9]+/)
    run += n[2]; failed += n[3] + n[4]; skipped += n[5]
}
END {
    if (jdk != "") printf "%s: ", jdk
    printf "%d passed, %d failed, %d skipped", run - failed - skipped, failed, skipped
    if (seconds != "") printf " in %d s", seconds
    printf "\n"
}
