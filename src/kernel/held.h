/* A small kernel file that stays open and is read again from its start every tick.  What is well
 * below a page comes with one call, and is not asked whether there is more. */
#ifndef VCTOP_KERNEL_HELD_H
#define VCTOP_KERNEL_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* How many descriptors may be held.  Where there is none left, files are opened for each read. */
struct held_budget {
    size_t held, max;
};

struct held {
    int fd;       /* -1: not open */
    bool missing; /* was not there: not looked for again until held_rearm() */
};

#define HELD_INIT ((struct held){.fd = -1})

/* Reads PATH, through the descriptor when it is open, into BUF: terminated, at most SIZE - 1 bytes.
 * BUDGET may be NULL: always hold.  Returns the length or -errno; then the file is closed, and the
 * next read opens PATH anew. */
ssize_t held_read(struct held *file, const char *path, struct held_budget *budget, char *buf,
                  size_t size);

/* The same for one reading: nothing stays open. */
ssize_t held_read_once(const char *path, char *buf, size_t size);

void held_close(struct held *file, struct held_budget *budget);

/* Forgets that the file was missing. */
static inline void held_rearm(struct held *file)
{
    file->missing = false;
}

#endif
