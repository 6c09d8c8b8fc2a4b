/* The one door for texts from outside: what comes out can be drawn, whatever came in. */
#include "fuzz/must.h"

#include <string.h>

#include "base/text.h"

static void check(const char *text, size_t cells)
{
    size_t left = strlen(text), width = 0;

    while (left > 0) {
        uint32_t cp = 0;
        size_t used = text_decode(text, left, &cp);
        int columns = text_cp_width(cp);

        must(used > 0, "it can be decoded");
        must(cp >= ' ' && cp != 0x7f && !(cp >= 0x80 && cp < 0xa0), "no control characters");
        must(cp != 0x2028 && cp != 0x2029 && !(cp >= 0x202a && cp <= 0x202e) &&
                 !(cp >= 0x2066 && cp <= 0x2069),
             "nothing turns the line around");
        must(columns >= 0, "everything has a width");
        width += (size_t)columns;
        text += used;
        left -= used;
    }
    must(width <= cells, "it fits");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t widths[] = {1, 2, 7, 80, 1000};

    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        char *text = text_sanitise((const char *)data, size, widths[i]);
        char small[16];

        check(text, widths[i]);
        free(text);
        text_sanitise_into(small, sizeof(small), (const char *)data, size);
        must(memchr(small, '\0', sizeof(small)) != NULL, "it ends");
        check(small, sizeof(small));
    }
    return 0;
}
