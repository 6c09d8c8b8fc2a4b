/* What is typed while the keyboard is a guest's: bytes as the terminal sent them, but for the keys
 * whose bytes depend on a mode, what is for us alone, and the one key that leads back.  Pure: told
 * the time, it reads nothing. */
#ifndef VCTOP_UI_TERM_TYPED_H
#define VCTOP_UI_TERM_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/term/key.h"

struct typed_ops {
    void (*bytes)(void *user, const char *bytes, size_t len);
    /* An arrow, Home, End, F1 to F4. */
    void (*key)(void *user, enum key_special key);
    /* What comes from here on, or what came so far, was pasted. */
    void (*paste)(void *user, bool end);
    /* The terminal's answer to "ESC [ 5 n". */
    void (*answer)(void *user);
};

struct typed {
    char detach; /* a control character */
    int escape_ms;
    char pending[40]; /* a sequence that has begun */
    size_t len;
    int skip; /* bytes of a report of the mouse that are still to come */
    bool pasting;
    int64_t last_ns; /* when something came last */
};

void typed_init(struct typed *typed, char detach, int escape_ms);

/* Takes BYTES[0..LEN).  True when the detach key is among them; what stood behind it is for
 * nobody.  Inside a bracketed paste it is text, unless it comes alone after a rest: then the mark
 * of the paste's end was lost, and somebody wants out. */
bool typed_feed(struct typed *typed, const char *bytes, size_t len, int64_t now_ns,
                const struct typed_ops *ops, void *user);

/* When what is pending is no sequence but was typed as it is (the Escape key); INT64_MAX: nothing
 * is. */
int64_t typed_due(const struct typed *typed);
void typed_turn(struct typed *typed, int64_t now_ns, const struct typed_ops *ops, void *user);

#endif
