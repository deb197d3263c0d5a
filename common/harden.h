/* What every program does first, before it has read anything: nobody but root gets to see into it.
 *
 *   no core is ever written     RLIMIT_CORE is 0, soft and hard, so that it cannot be raised again
 *   no debugger, no /proc/PID/mem, environ or maps for other processes of our user    PR_SET_DUMPABLE 0, prctl(2); /proc/PID then
 *                               belongs to root, its stat and status stay readable
 *   no more rights by execve    PR_SET_NO_NEW_PRIVS, which seccomp and Landlock ask for as well
 *   files are for us alone      umask 077
 *
 * Built with a sanitizer, or under valgrind, the process stays open to debuggers: LeakSanitizer is one. */

#ifndef LEX_HARDEN_H
#define LEX_HARDEN_H

#include <stdbool.h>

/* Defined when the program is built with a sanitizer that watches memory: it has its own allocator, starts helpers and looks into
 * the process, which the measures here are there to prevent. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LEX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define LEX_SANITIZED 1
#endif
#endif

typedef enum {
    LEX_FILES_PRIVATE, /* what the program makes is its own: keys, sessions, indexes, journals */
    LEX_FILES_USUAL    /* what it makes is for whoever asked for it: the umask stays */
} lex_files_t;

/* The first call of main. Cannot fail in a way that matters: each of these is a right that every process has over itself. */
void lex_harden(lex_files_t files);

/* True when memory tools are at work here: see LEX_SANITIZED; or valgrind. */
bool lex_harden_is_instrumented(void);

/* Lets debuggers of our own user in again, for --sandbox off; cores stay off. */
void lex_harden_open(void);

#endif
