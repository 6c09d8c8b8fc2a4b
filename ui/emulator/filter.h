/* What is taken out of a guest's bytes before anybody looks at the rest. */
#ifndef VCTOP_UI_EMULATOR_FILTER_H
#define VCTOP_UI_EMULATOR_FILTER_H

#include <stdbool.h>
#include <stddef.h>

enum filter_for {
    /* All but strings for the terminal (titles, clipboard, questions about its settings: of some
     * libvterm 0.1.4 dies) and of a sequence what is more than it has room for (it writes over its
     * own memory).  Repetitions are done here, since it may never come back from one. */
    FILTER_TERMINAL,
    /* Text and colours, each line ended by CR and LF: for logs, which are read and not obeyed. */
    FILTER_LOG,
    /* Text, tabs and line ends. */
    FILTER_TEXT
};

/* In each case what is left is UTF-8, whole characters of it.  Such as only a terminal could obey
 * or mistake (C1 controls, directions) are replaced, or left out when they have no width; at most
 * two marks stay on a character, since libvterm dies of wide ones and keeps any number. */
struct filter {
    int state;
    char sequence[128]; /* that has begun */
    size_t len;
    size_t skipped; /* of a string */
    char utf8[4];   /* the first bytes of a character */
    size_t utf8_len, utf8_whole;
    int marks;       /* on the last character */
    char last[4];    /* the last character, without them */
    size_t last_len; /* 0: nothing that could be repeated */
    size_t repeats;  /* that this filter_take() may still make */
};

/* So many characters at most are repeated of what is taken at once: a whole screen of lines, and
 * not as many as would keep the keyboard waiting. */
#define FILTER_REPEATS_MAX ((size_t)16384)

/* What filter_take() may make of so many bytes. */
#define FILTER_ROOM(len) \
    (3 * (len) + 4 + sizeof(((struct filter *)0)->sequence) + 4 * FILTER_REPEATS_MAX)

/* What is left of BYTES[0..LEN) into DST, which has FILTER_ROOM(LEN); returns how many bytes. */
size_t filter_take(struct filter *filter, const char *bytes, size_t len, enum filter_for what,
                   char *dst);

#endif
