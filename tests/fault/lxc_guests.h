/* Real containers for fault tests, in a folder of their own, made and taken away by the rig. */
#ifndef VCTOP_TESTS_FAULT_LXC_GUESTS_H
#define VCTOP_TESTS_FAULT_LXC_GUESTS_H

#include <check.h>
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

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
/* With all that it is made of. */
void lxc_guest_remove(const char *name);

/* Its processes, 0 when there are none: found in /proc, for liblxc waits for a stopped monitor. */
pid_t lxc_guest_monitor(const char *name);
pid_t lxc_guest_init(const char *name);

/* What lxc-info says, "RUNNING"; within TIMEOUT_MS. */
bool lxc_guest_becomes(const char *name, const char *state, int timeout_ms);

/* Runs ARGV (NULL-terminated), its output into OUT (may be NULL): its exit status. */
int lxc_run(const char *const *argv, char *out, size_t size);

/* What tests of processes share.  The next process in DIR, /proc, 0 at the end. */
pid_t lxc_next_process(DIR *dir);
/* /proc/PID/NAME as it is; its length. */
size_t lxc_read_proc(pid_t pid, const char *name, char *text, size_t size);
/* It wears the title of a monitor. */
bool lxc_is_monitor(pid_t pid);

#endif
