/* Where the client's files are when nobody says otherwise. Caller owns return value and must free
 * it when done. */

#ifndef PATHS_H
#define PATHS_H

/* The first that exists of $XDG_CONFIG_HOME/lexmq/NAME (~/.config without it) and /etc/lexmq/NAME;
 * NULL: neither. */
char *paths_config(const char *name);

/* $XDG_STATE_HOME/lexmq/NAME (~/.local/state without it). NULL when the user has no home. */
char *paths_state(const char *name);

#endif
