/* A vctop that watches the containers of a test, and what must hold of it, whatever is wrong with
 * one of them. */
#ifndef VCTOP_TESTS_FAULT_LXC_VIEW_H
#define VCTOP_TESTS_FAULT_LXC_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault/lxc_guests.h"
#include "screen/driver.h"

/* A vctop that watches the folder alone, at 40x109: one table. */
struct screen *lxc_watch(void);

/* The rule for every fault: a key is answered at once, the figures of LXC_LIVE follow what it does,
 * no process is left unburied, nothing but vctop's own picture is on the screen. */
void lxc_check_rule(struct screen *screen);

/* Quits; the terminal is as it was, and of the family nothing is left. */
void lxc_quit(struct screen *screen);

/* Processes of the family of SCREEN; not those of the containers that it has started. */
size_t lxc_family(const struct screen *screen, pid_t *pids, size_t size);
bool lxc_family_ends(struct screen *screen, int timeout_ms);

/* Opens the menu on the guest SHOWN (its name as on the screen) and chooses KEY. */
void lxc_choose(struct screen *screen, const char *shown, const char *key);
/* Chooses KEY and says yes; TYPED: what the confirmation wants typed; NULL: nothing;
 * "": what it says on the screen. */
void lxc_act(struct screen *screen, const char *shown, const char *key, const char *typed);

/* One sample of batch mode; the caller releases it. */
json_t *lxc_sample(void);
/* The guest whose "name" is SHOWN; fails without one. */
const json_t *lxc_sample_guest(const json_t *sample, const char *shown);
const char *lxc_text(const json_t *guest, const char *key);

#endif
