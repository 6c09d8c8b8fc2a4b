/* What is taken out of a guest's bytes before anybody looks at the rest. */
#ifndef VCTOP_UI_EMULATOR_FILTER_H
#define VCTOP_UI_EMULATOR_FILTER_H

#include <stdbool.h>
#include <stddef.h>

enum filter_for {
    /* All but strings for the terminal (titles, clipboard, questions about its settings: of some
     * libvterm 0.1.4 dies), C1 controls (they lead it left of its screen), of a sequence what is
     * more than it has room for (it writes over its own memory), and to repeat what is no plain
     * character (it may never end). */
    FILTER_TERMINAL,
    /* Text and colours, each line ended by CR and LF: for logs, which are read and not obeyed. */
    FILTER_LOG,
    /* Text, tabs and line ends. */
    FILTER_TEXT
};

struct filter {
    int state;
    char sequence[128]; /* that has begun */
    size_t len;
    size_t skipped; /* of a string */
    bool character; /* the last byte was a plain character ... */
    bool repeats;   /* ... or the last before the sequence */
    bool c2;        /* the first byte of what may be a C1 control came */
};

/* What filter_take() may make of so many bytes. */
#define FILTER_ROOM(len) (2 * (len) + sizeof(((struct filter *)0)->sequence))

/* What is left of BYTES[0..LEN) into DST, which has FILTER_ROOM(LEN); returns how many bytes. */
size_t filter_take(struct filter *filter, const char *bytes, size_t len, enum filter_for what,
                   char *dst);

#endif
