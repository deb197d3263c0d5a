/* The first and the second screen. */

#include <stdio.h>
#include <string.h>

#include "client/screen.h"

void screen_first(screen_t *self)
{
    static const char *const choices[] = {"log in", "register", "quit", NULL};

    while (true) {
        bool straight_in = true;
        int choice = screen_menu(self, "Lexmq", choices);
        if (choice == 0 || choice == 3)
            break;
        if (choice == 1 ? !screen_login(self) : !screen_register(self, &straight_in))
            continue;
        if (straight_in)
            screen_second(self);
        else
            screen_logout(self, true);
    }
    fputs("Goodbye.\n", self->out);
}

void screen_second(screen_t *self)
{
    static const char *const choices[] = {"look up", "history", "log out", NULL};
    bool alive = true;

    while (alive) {
        int choice = screen_menu(self, self->name, choices);
        if (choice == 0 || choice == 3)
            break;
        alive = choice == 1 ? screen_lookup(self) : screen_history(self);
    }
    if (alive)
        screen_logout(self, false);
}
