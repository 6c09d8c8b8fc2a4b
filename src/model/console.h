/* A terminal inside a guest, or its log, as asked for and as it stands. */
#ifndef VCTOP_MODEL_CONSOLE_H
#define VCTOP_MODEL_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/id.h"

#define CONSOLE_DEVICES_MAX 16
#define CONSOLE_ARGS_MAX 64
#define CONSOLE_SIZE_MAX 1000 /* rows or columns */

/* How many bytes may be under way between guest and screen, each way: a flood is held back at its
 * source. */
#define CONSOLE_WINDOW ((size_t)64 << 10)

enum console_kind {
    CONSOLE_SERIAL, /* a machine's serial line, a container's tty or /dev/console */
    CONSOLE_ATTACH, /* a shell or a command in a running container, on a pty of its own */
    CONSOLE_LOG,    /* what QEMU or LXC wrote of the guest, followed: nothing flows back */
    CONSOLE_SCREEN, /* a machine's graphical screen */
    CONSOLE_KIND_COUNT
};

enum console_state {
    CONSOLE_OPENING,
    CONSOLE_OPEN,
    CONSOLE_BUSY, /* in use elsewhere: a request with FORCE would take it over */
    CONSOLE_ENDED
};

struct console_request {
    enum console_kind kind;
    struct guest_id guest;
    char *life;   /* the life that is meant; NULL: the present one */
    char *device; /* "serial1", "tty2", "console" (/dev/console), ...; NULL: the first */
    char **argv;  /* CONSOLE_ATTACH, ended by NULL: the command; NULL: a shell */
    bool force;   /* take one over that is in use: only after a yes */
    int rows, columns;
};

/* DST is overwritten, not cleared; at most CONSOLE_ARGS_MAX arguments. */
void console_request_copy(struct console_request *dst, const struct console_request *src);
void console_request_clear(struct console_request *request);

/* Every text is sanitised. */
struct console {
    uint32_t id; /* counts from 1 */
    struct console_request request;
    char *name; /* display name of the guest when it was asked for */
    enum console_state state;
    char *why, *remedy; /* of BUSY and ENDED; of a screen that is OPEN what came of the last press;
                           remedy may be NULL */
    int exit_status;    /* of a CONSOLE_ATTACH that ended, as of a shell's $?; -1 unknown */
    bool resizable;     /* it has a window size: a serial line has none */
    char *device;       /* which it is; NULL: not known yet, or it has no name */
    char *devices[CONSOLE_DEVICES_MAX];          /* all there are, NULL after the last */
    uint64_t bytes_in;                           /* from the guest, taken or not */
    uint64_t bytes_dropped;                      /* typed, but there was no room for them */
    int64_t opened_ns, last_output_ns, ended_ns; /* CLOCK_MONOTONIC; 0: not yet */
};

void console_clear(struct console *console);

/* "console", "shell", "command", "log", "screen": for titles. */
const char *console_kind_name(const struct console_request *request);

#endif
