/* vctop on the tests' daemon, and the rule that holds in every fault: a key is answered, the guests
 * that are well keep updating, nobody dies, the terminal comes back. */
#ifndef VCTOP_TESTS_FAULT_LIBVIRT_VIEW_H
#define VCTOP_TESTS_FAULT_LIBVIRT_VIEW_H

#include "screen/driver.h"
#include "screen/steps.h"

/* For what should happen within seconds: the machines are slow, and so may be the tests' host. */
#define SOON_MS 8000

/* In one table of 100 columns, by name, with the containers 'box' and 'crate' that are off. */
struct screen *view_start(void);

/* Its figures change, now: another CPU share comes twice. */
bool view_figures_go_on(struct screen *screen, const char *name);

/* The rule for a picture under a fault.  LIVE: a guest that is well and busy, NULL for none. */
void view_check(struct screen *screen, const char *live);

/* Opens the action menu for NAME, chooses KEY, waits for QUESTION. */
void view_ask(struct screen *screen, const char *name, const char *key, const char *question);
/* Answers yes to a confirmation: by its button, or with a name that it wants typed. */
void view_say_yes(struct screen *screen);
void view_type(struct screen *screen, const char *text);

/* Quits, and checks that all is as before. */
void view_quit(struct screen *screen);

/* The process that samples libvirt. */
pid_t view_worker(const struct screen *screen);
size_t view_threads(pid_t pid);

#endif
