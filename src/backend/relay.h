/* What a backend's console() gives: bytes to and from a guest, nonblocking, one thread. */
#ifndef VCTOP_BACKEND_RELAY_H
#define VCTOP_BACKEND_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "model/console.h"
#include "model/screen.h"

#define RELAY_POLL_MAX 4
#define RELAY_VIEWER_ARGS 8

struct relay;

struct relay_ops {
    /* Required but for a CONSOLE_SCREEN.  What to wait for when it is to be read from and/or
     * written to: fills FDS, returns how many, at most RELAY_POLL_MAX; lowers *TIMEOUT_MS (-1: for
     * ever) when it wants to be asked sooner. */
    size_t (*poll_fds)(struct relay *relay, bool read, bool write, struct pollfd *fds,
                       int *timeout_ms);

    /* Required but for a CONSOLE_SCREEN.  Up to SIZE bytes from the guest; 0 when there are none
     * just now.  Negative at the end: ERR says why in words for an operator ("the guest went off").
     */
    ssize_t (*read)(struct relay *relay, char *buf, size_t size, struct error *err);

    /* Optional.  Hands over what can be handed over at once, 0 when nothing can; negative as
     * read().  NULL: nothing flows to it. */
    ssize_t (*write)(struct relay *relay, const char *buf, size_t len, struct error *err);

    /* Optional.  NULL: it has no window size. */
    void (*resize)(struct relay *relay, int rows, int columns);

    /* Of a CONSOLE_SCREEN, which has these three in place of all but close().  They may block: the
     * caller is killed when nothing is heard of it for long.
     *
     * What the screen looks like now, as a file of PPM or PNG; *RET is the caller's to free.
     * Negative at the end, as read(). */
    int (*shoot)(struct relay *relay, unsigned char **ret, size_t *ret_len, struct error *err);
    /* PRESS is of keys or an NMI. */
    int (*press)(struct relay *relay, const struct press *press, struct error *err);
    /* The arguments that make virt-viewer show it: fills ARGV (not its name and not the NULL), at
     * most RELAY_VIEWER_ARGS; they live as long as the relay.  Returns how many, 0: it cannot. */
    size_t (*viewer)(struct relay *relay, const char **argv);

    /* Required.  Gives everything back.  May block for as long as a daemon hangs: the caller is
     * killed when it takes too long. */
    void (*close)(struct relay *relay);
};

/* Embedded first in each instance. */
struct relay {
    const struct relay_ops *ops;
    char *device;                       /* its name, owned; NULL: it has none */
    char *devices[CONSOLE_DEVICES_MAX]; /* all there are, owned, NULL after the last */
    int exit_status;                    /* after the end of a command; -1 unknown */
};

void relay_init(struct relay *relay, const struct relay_ops *ops);
void relay_close(struct relay *relay); /* NULL is fine */

/* Notes DEVICE in relay->devices; what is too much is left out. */
void relay_add_device(struct relay *relay, const char *device);

/* ---- a terminal: relay_tty.c ---- */

/* Embedded first where there is more to it. */
struct relay_tty {
    struct relay relay;
    int fd; /* the side of a pty pair that is ours; owned, nonblocking */
};

void relay_tty_init(struct relay_tty *tty, const struct relay_ops *ops, int fd);
size_t relay_tty_poll_fds(struct relay *relay, bool read, bool write, struct pollfd *fds,
                          int *timeout_ms);
/* The end is ERR_GONE: the caller says why. */
ssize_t relay_tty_read(struct relay *relay, char *buf, size_t size, struct error *err);
ssize_t relay_tty_write(struct relay *relay, const char *buf, size_t len, struct error *err);
void relay_tty_resize(struct relay *relay, int rows, int columns);

/* ---- a log file that grows: relay_file.c ---- */

/* Opens WANTED when it is one of PATHS (ended by NULL), else the first of them that is there: its
 * last 256 KB, then what is added, also after it was cut short or another took its name.  Only a
 * regular file, never through a symbolic link.  The relay's devices are the paths that are there.
 * ERR_GONE when there is none: "there is no WHAT". */
int relay_file_open(struct relay **ret, char *const *paths, const char *wanted, const char *what,
                    struct error *err);

#endif
