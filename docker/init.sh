#!/bin/bash
# What has to be there before the services of a stack in containers start: keys, schemas, accounts, rights, dictionaries.
# Each step makes only what is missing, so that it may run at every start. LEXMQ_DICTIONARIES ("wordnet wordbook lemmas") says which
# dictionaries to import when there is none of the name; a newer file is imported with lexmq-dict. LEXMQ_INIT_KEYS=no: keys are made
# elsewhere, and only the passwords of the database's accounts are here.
set -euo pipefail
umask 077

KEYS=/keys
SHARE=/usr/local/share/lexmq

say() { echo "$*"; }

listed() { # NAME
    printf '%s\n' "$dictionaries" | grep -qE "^ *[0-9]+ +$1 "
}

import_once() { # NAME FORMAT FILE TITLE POSITION
    if listed "$1"; then
        say "$4 is imported already"
        return 0
    fi
    say "importing $4"
    lexmq-dict import "$3" --name "$1" --format "$2" --title "$4" --position "$5" --db-password-file "$KEYS/import/db.password"
}

# Two at a time would look for what is missing at the same moment.
only_one() {
    exec 9<"$KEYS/migrate"
    flock -w 300 9 || {
        say "another init is at work" >&2
        exit 1
    }
}

main() {
    only_one
    [ "${LEXMQ_INIT_KEYS:-yes}" = no ] || lexmq-keygen "$KEYS"
    lexmq-migrate bootstrap --keys "$KEYS" --db-user root --db-password-file /secrets/db-root/password
    dictionaries=$(lexmq-dict list --db-password-file "$KEYS/import/db.password")
    for dictionary in ${LEXMQ_DICTIONARIES-wordnet wordbook lemmas}; do
        case "$dictionary" in
        wordnet) import_once wordnet dict /usr/share/dictd/wn.index "WordNet" 10 ;;
        wordbook) import_once lexmq wordbook "$SHARE/dict/lexmq-wordbook.txt" "Lexmq word book" 20 ;;
        lemmas) import_once lemmas-wordnet exc /usr/share/wordnet "WordNet's irregular forms" 30 ;;
        *)
            say "LEXMQ_DICTIONARIES knows wordnet, wordbook and lemmas, not '$dictionary'" >&2
            exit 2
            ;;
        esac
    done
    say "done"
}

# The programs print plain words, as they do for a person.
main 2>&1 | lexmq-log-lines lexmq-init
