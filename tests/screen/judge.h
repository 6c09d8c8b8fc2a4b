/* Judges what a program writes to its terminal: only what draws is allowed, and what it switches on
 * is remembered. */
#ifndef VCTOP_TESTS_SCREEN_JUDGE_H
#define VCTOP_TESTS_SCREEN_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

/* Zero at first. */
struct judge {
    enum {
        PLAIN,
        ESCAPE,
        CSI,
        CHARSET
    } parse;
    char params[64];
    size_t params_len;
    size_t foreign; /* bytes and modes that no program of good manners sends */
    size_t asked;   /* whether the terminal was there */
    bool alternate, cursor_hidden, mouse, paste, coloured;
};

void judge_bytes(struct judge *judge, const char *bytes, size_t len);

#endif
