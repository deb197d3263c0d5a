/* A set of user ids that only grows. */

#ifndef USER_SET_H
#define USER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct user_set user_set_t;

user_set_t *user_set_new(void);
void user_set_destroy(user_set_t **self_p);

void user_set_add(user_set_t *self, uint64_t user);
bool user_set_has(const user_set_t *self, uint64_t user);
void user_set_clear(user_set_t *self);
size_t user_set_size(const user_set_t *self);

#endif
