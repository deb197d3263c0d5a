/* The login between two runs of lexmq: a small text file that only its owner may read. */

#ifndef SESSION_FILE_H
#define SESSION_FILE_H

#include <lexmq.h>

#define SESSION_NAME_SIZE    512
#define SESSION_GATEWAY_SIZE 1024

typedef struct {
    unsigned char token[LEXMQ_TOKEN_MAX]; /* a secret */
    size_t token_size;
    char name[SESSION_NAME_SIZE];       /* of the user, as shown */
    char gateway[SESSION_GATEWAY_SIZE]; /* the list of gateways it was made with; "": not known */
} session_t;

typedef enum { SESSION_NONE, SESSION_LOADED, SESSION_REFUSED } session_state_t;

/* SESSION_NONE when there is no file. SESSION_REFUSED when it cannot be used: others may read it,
 * it is not ours, or it is damaged; `why` then has a sentence. */
session_state_t session_file_load(const char *path, session_t *session, char *why, size_t why_size);

/* Writes the file whole or not at all, mode 0600, making its folders (0700). False and a sentence
 * in `why`. */
bool session_file_save(const char *path, const session_t *session, char *why, size_t why_size);

/* True when it is gone, or never was. */
bool session_file_remove(const char *path);

/* Beside it lies the last session that ended, `path` with ".earlier" behind it: a token that only a login shows, see
 * lexmq_set_earlier_token. True when there is one that can be used. */
bool session_file_load_earlier(const char *path, session_t *session);
/* Keeps `session` as that, in silence when it cannot be. */
void session_file_save_earlier(const char *path, const session_t *session);
void session_file_remove_earlier(const char *path);

#endif
