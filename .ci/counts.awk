# Adds up what Surefire prints for each module and execution: "Tests run: 12, Failures: 0, Errors: 0, Skipped: 0" at the line's
# end, and ", Flakes: 1" where a test has passed only when it was run again. -v jdk=... -v seconds=...: said of it, if set.
{ gsub(/\033\[[0-9;]*m/, "") }
/Flakes:[ ]*$/ { naming = 1; print "passed only when run again:"; next }
naming && /Tests run:/ { naming = 0 }
naming && /dev\.treadle/ { print }
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
