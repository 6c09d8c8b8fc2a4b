/* Real containers for fault tests, in a folder of their own, made and taken away by the rig; and
 * what must hold of a vctop that watches them, whatever is wrong with one of them. */
#ifndef VCTOP_TESTS_FAULT_LXC_GUESTS_H
#define VCTOP_TESTS_FAULT_LXC_GUESTS_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "screen/driver.h"

/* Runs in every test, with nothing wrong with it. */
#define LXC_LIVE "live"

/* Runs TESTS, each with LXC_LIVE in a fresh folder around it; what main() returns: 77 where there
 * can be no containers.  Whatever a test made is gone afterwards, also when it failed. */
int lxc_guests_main(const char *suite, const TTest *const *tests, size_t count);

/* The lxcpath, and a world-readable folder beside it. */
const char *lxc_guests_path(void);
const char *lxc_guests_shared(void);

/* The file NAME of the container GUEST.  Valid until the call after the next. */
const char *lxc_guest_file(const char *guest, const char *name);

/* Makes one; LINES (NULL-terminated, or NULL) are added to its configuration. */
void lxc_guest_add(const char *name, const char *const *lines);
void lxc_guest_start(const char *name);
/* `lxc-stop -k` */
void lxc_guest_kill(const char *name);

/* Its processes, 0 when there are none: found in /proc, for liblxc waits for a stopped monitor. */
pid_t lxc_guest_monitor(const char *name);
pid_t lxc_guest_init(const char *name);

/* What lxc-info says, "RUNNING"; within TIMEOUT_MS. */
bool lxc_guest_becomes(const char *name, const char *state, int timeout_ms);

/* Runs ARGV (NULL-terminated), its output into OUT (may be NULL): its exit status. */
int lxc_run(const char *const *argv, char *out, size_t size);

/* A vctop that watches the folder alone, ROWS x 109: one table.  MORE: arguments, may be NULL. */
struct screen *lxc_watch(int rows, const char *const *more);

/* The rule for every fault: a key is answered at once, the figures of LXC_LIVE follow what it does,
 * no process is left unburied, nothing but vctop's own picture is on the screen. */
void lxc_check_rule(struct screen *screen);

/* Quits; the terminal is as it was, and of the family nothing is left. */
void lxc_quit(struct screen *screen);

/* Processes of the family of SCREEN; not those of the containers that it has started. */
size_t lxc_family(const struct screen *screen, pid_t *pids, size_t size);
bool lxc_family_ends(struct screen *screen, int timeout_ms);

/* Moves the cursor to the first guest of that name, as on the screen. */
void lxc_select(struct screen *screen, const char *shown);

/* Opens the menu on the guest SHOWN (its name as on the screen) and chooses KEY. */
void lxc_choose(struct screen *screen, const char *shown, const char *key);
/* Chooses KEY and says yes; TYPED: what the confirmation wants typed, or NULL. */
void lxc_act(struct screen *screen, const char *shown, const char *key, const char *typed);

/* One sample of batch mode; the caller releases it. */
json_t *lxc_sample(void);
/* The guest whose "name" is SHOWN; fails without one. */
const json_t *lxc_sample_guest(const json_t *sample, const char *shown);
const char *lxc_text(const json_t *guest, const char *key);

#endif
