#!/bin/sh
# Makes of every line it reads one JSON object a line, as the services log; what they logged themselves passes as it is.
#   lexmq-log-lines PROGRAM
# A line of MariaDB's, "2026-01-31 12:00:00 0 [Note] text", keeps its time and level; any other gets the time of now.
# Bytes, not characters: what is read may be in no encoding, so that only ASCII is let through.
LC_ALL=C TZ=UTC exec mawk -W interactive -v program="$1" '
BEGIN { level["Note"] = "info"; level["Warning"] = "warning"; level["ERROR"] = "error" }
# One write a line: this ends when the container does, and half a line would be no JSON.
function say(line) { printf "%s", line "\n"; fflush() }
/^\{"time":"/ { say($0); next }
{
    time = strftime("%Y-%m-%dT%H:%M:%S")
    severity = "info"
    text = $0
    if (text ~ /^[0-9-]+ +[0-9:]+ [0-9]+ \[(Note|Warning|ERROR)\] /) {
        name = substr($4, 2, length($4) - 2)
        time = $1 "T" ($2 ~ /^[0-9]:/ ? "0" : "") $2
        severity = level[name]
        sub(/^[^\]]*\] /, "", text)
    }
    gsub(/[\\"]/, "\\\\&", text)
    gsub(/[\001-\037\177]/, " ", text)
    gsub(/[\200-\377]/, "?", text)
    say(sprintf("{\"time\":\"%s.000Z\",\"level\":\"%s\",\"program\":\"%s\",\"message\":\"%s\"}", time, severity, program, text))
}'
