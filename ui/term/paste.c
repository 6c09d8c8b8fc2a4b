#include "ui/term/paste.h"

#include <stddef.h>

#define ESCAPE 0x1b

static const char END[] = "[201~";

/* Of the one terminal. */
static struct {
    bool on;
    bool alone;       /* an escape came, and nothing for a while: the key, or the mark torn */
    const char *next; /* in END, NULL outside of it */
} paste;

void paste_begin(void)
{
    paste.on = true;
    paste.alone = false;
    paste.next = NULL;
}

void paste_end(void)
{
    paste.on = false;
}

bool paste_is_on(void)
{
    return paste.on;
}

bool paste_take(uint32_t c, bool alone)
{
    if (c == ESCAPE) {
        /* Terminals paste no escapes: a second one alone is somebody who wants out. */
        if (alone && paste.alone)
            paste.on = false;
        paste.alone = alone;
        paste.next = END;
        return false;
    }
    paste.alone = false;
    if (!paste.next || c != (uint32_t)*paste.next) {
        paste.next = NULL;
        return true;
    }
    if (!*++paste.next)
        paste.on = false;
    return false;
}
