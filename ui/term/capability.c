#include "ui/term/capability.h"

#include <curses.h>
#include <string.h>
#include <term.h>

const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text == (const char *)-1 ? NULL : text;
}

size_t capability_add(char *dst, size_t len, size_t size, const char *text)
{
    while (text && *text && len < size) {
        const char *end = strncmp(text, "$<", 2) == 0 ? strchr(text, '>') : NULL;
        if (end)
            text = end + 1;
        else
            dst[len++] = *text++;
    }
    return len;
}
