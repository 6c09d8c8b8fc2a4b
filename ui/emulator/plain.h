/* What is left of a guest's bytes when all that moves a cursor is taken out: for logs, which are
 * read and not obeyed. */
#ifndef VCTOP_UI_EMULATOR_PLAIN_H
#define VCTOP_UI_EMULATOR_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

struct plain {
    int state;
    char sequence[40]; /* that has begun */
    size_t len;
};

/* What plain_take() may make of so many bytes. */
#define PLAIN_ROOM(len) (2 * (len) + sizeof(((struct plain *)0)->sequence))

/* Text, tabs and line ends of BYTES[0..LEN) into DST, which has PLAIN_ROOM(LEN); returns how many
 * bytes.  FOR_TERMINAL: colours stay, and a line ends with CR and LF. */
size_t plain_take(struct plain *plain, const char *bytes, size_t len, bool for_terminal, char *dst);

#endif
