/* Files and folders of the keys folder: made whole or not at all, with their mode from the first moment on. */

#ifndef KEYGEN_FILES_H
#define KEYGEN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define KEYGEN_SECRET_MODE 0600
#define KEYGEN_PUBLIC_MODE 0644
#define KEYGEN_CLOSED_MODE 0700 /* folders */
#define KEYGEN_OPEN_MODE   0755

/* Makes the folder unless it is there. 1 when it was made, 0 when it was there, -1 and a logged error. */
int keygen_folder(const char *path, mode_t mode);

/* Keeps other runs out of the folder until the descriptor is closed; waits for one that is at work. -1 and a logged error. */
int keygen_lock(const char *folder);

bool keygen_exists(const char *path);

/* Writes a file under a name of its own beside `path` and moves it there, replacing what was there. 0, or -1 and a logged error. */
int keygen_write(const char *path, mode_t mode, const void *data, size_t size);

/* The same for what a library writes itself: the name to write to, and the move. Caller owns return value and must free it when
 * done. */
char *keygen_temporary(const char *path);
int keygen_move(const char *temporary, const char *path, mode_t mode);

#endif
