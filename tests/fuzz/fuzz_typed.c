/* What is typed: the path to a guest, the end of a paste, and reports of the mouse. */
#include "fuzz/must.h"

#include <string.h>

#include "ui/term/mouse.h"
#include "ui/term/paste.h"
#include "ui/term/typed.h"

#define DETACH 0x1d

struct seen {
    size_t bytes, others;
    bool pasting;
};

static void take_bytes(void *user, const char *bytes, size_t len)
{
    struct seen *seen = user;

    (void)bytes;
    seen->bytes += len;
}

static void take_key(void *user, enum key_special key)
{
    (void)key;
    ((struct seen *)user)->others++;
}

static void take_paste(void *user, bool end)
{
    struct seen *seen = user;

    must(end == seen->pasting, "a paste begins before it ends");
    seen->pasting = !end;
}

static void take_answer(void *user)
{
    ((struct seen *)user)->others++;
}

/* In pieces, as the first byte says. */
static void type(const uint8_t *data, size_t size)
{
    static const struct typed_ops ops = {take_bytes, take_key, take_paste, take_answer};
    struct seen seen = {0};
    struct typed typed;
    size_t piece = size ? (size_t)data[0] % 7 + 1 : 1;
    int64_t now = 1;

    typed_init(&typed, DETACH, 100);
    for (size_t at = 0; at < size; at += piece) {
        size_t len = size - at < piece ? size - at : piece;
        now += INT64_C(1000000) * data[at];
        typed_turn(&typed, now, &ops, &seen);
        if (typed_feed(&typed, (const char *)data + at, len, now, &ops, &seen)) {
            typed_init(&typed, DETACH, 100);
            seen.pasting = false;
        }
    }
    must(typed.len <= sizeof(typed.pending), "what is pending is bounded");
    must(seen.bytes <= size, "nothing is typed that was not");
}

static void click(const uint8_t *data, size_t size)
{
    struct key key;

    for (size_t at = 0; at < size; at++) {
        if (!mouse_is_begun())
            mouse_begin(data[at] & 1 ? MOUSE_FORM_SGR : MOUSE_FORM_BYTES);
        else
            mouse_feed(data[at], &key);
        if (!paste_is_on())
            paste_begin();
        else
            paste_take(data[at], data[at] & 2);
    }
    while (mouse_is_begun())
        mouse_feed(0, &key);
    paste_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    type(data, size);
    click(data, size);
    return 0;
}
