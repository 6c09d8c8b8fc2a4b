#include "ui/term/typed.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define ESCAPE '\033'
/* More than an escape and a bracket is no key and a letter: it is a sequence on a slow link. */
#define TORN_NS NS_PER_S
/* After so long a rest a detach key that comes alone was not pasted. */
#define REST_NS NS_PER_S

static const char PASTE_END[] = "\033[201~";

void typed_init(struct typed *typed, char detach, int escape_ms)
{
    *typed = (struct typed){.detach = detach, .escape_ms = escape_ms};
}

static void send_pending(struct typed *typed, const struct typed_ops *ops, void *user)
{
    size_t len = typed->len;

    typed->len = 0;
    if (len > 0)
        ops->bytes(user, typed->pending, len);
}

/* ---- sequences ---- */

static const struct {
    const char *bytes;
    enum key_special key;
} keys[] = {
    {"\033[A", SPECIAL_UP},       {"\033OA", SPECIAL_UP},       {"\033[B", SPECIAL_DOWN},
    {"\033OB", SPECIAL_DOWN},     {"\033[C", SPECIAL_RIGHT},    {"\033OC", SPECIAL_RIGHT},
    {"\033[D", SPECIAL_LEFT},     {"\033OD", SPECIAL_LEFT},     {"\033[H", SPECIAL_HOME},
    {"\033OH", SPECIAL_HOME},     {"\033[1~", SPECIAL_HOME},    {"\033[7~", SPECIAL_HOME},
    {"\033[F", SPECIAL_END},      {"\033OF", SPECIAL_END},      {"\033[4~", SPECIAL_END},
    {"\033[8~", SPECIAL_END},     {"\033OP", SPECIAL_F1},       {"\033OQ", SPECIAL_F1 + 1},
    {"\033OR", SPECIAL_F1 + 2},   {"\033OS", SPECIAL_F1 + 3},   {"\033[11~", SPECIAL_F1},
    {"\033[12~", SPECIAL_F1 + 1}, {"\033[13~", SPECIAL_F1 + 2}, {"\033[14~", SPECIAL_F1 + 3},
    {"\033[[A", SPECIAL_F1},      {"\033[[B", SPECIAL_F1 + 1},  {"\033[[C", SPECIAL_F1 + 2},
    {"\033[[D", SPECIAL_F1 + 3},  {"\033[[E", SPECIAL_F1 + 4},
};

static bool is(const struct typed *typed, const char *bytes)
{
    return typed->len == strlen(bytes) && memcmp(typed->pending, bytes, typed->len) == 0;
}

/* "ESC O x", "ESC [ [ x" and "ESC [" ... letter; with LEN of them there the last ends it. */
static bool is_whole(const struct typed *typed)
{
    unsigned char last = (unsigned char)typed->pending[typed->len - 1];

    if (typed->len < 2)
        return false;
    if (typed->pending[1] == 'O')
        return typed->len == 3;
    if (typed->pending[1] != '[')
        return true; /* Alt and a key */
    if (typed->len == 3 && last == '[')
        return false;
    if (typed->len == 4 && typed->pending[2] == '[')
        return true;
    return typed->len > 2 && last >= '@' && last <= '~';
}

/* What a whole sequence means. */
static void conclude(struct typed *typed, const struct typed_ops *ops, void *user)
{
    char last = typed->pending[typed->len - 1];
    bool mouse =
        typed->len > 2 && typed->pending[1] == '[' &&
        ((typed->pending[2] == '<' && (last == 'M' || last == 'm')) || is(typed, "\033[M"));

    if (mouse) {
        /* Its own mouse the guest has not: reports are dropped. */
        typed->skip = is(typed, "\033[M") ? 3 : 0;
        typed->len = 0;
        return;
    }
    if (is(typed, "\033[0n") || is(typed, "\033[200~") || is(typed, PASTE_END)) {
        bool pasted = typed->pasting;
        typed->pasting = is(typed, "\033[200~");
        if (is(typed, "\033[0n"))
            ops->answer(user);
        else if (typed->pasting || pasted) /* an end whose begin was lost ends nothing */
            ops->paste(user, !typed->pasting);
        typed->len = 0;
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (!is(typed, keys[i].bytes))
            continue;
        typed->len = 0;
        ops->key(user, keys[i].key);
        return;
    }
    send_pending(typed, ops, user);
}

/* In a paste only the mark of its end is one. */
static void take_pasted(struct typed *typed, char c, const struct typed_ops *ops, void *user)
{
    if (c == ESCAPE)
        send_pending(typed, ops, user);
    typed->pending[typed->len++] = c;
    if (memcmp(typed->pending, PASTE_END, typed->len) != 0)
        send_pending(typed, ops, user);
    else if (is(typed, PASTE_END))
        conclude(typed, ops, user);
}

static void take_sequence(struct typed *typed, char c, const struct typed_ops *ops, void *user)
{
    if (c == ESCAPE)
        send_pending(typed, ops, user);
    typed->pending[typed->len++] = c;
    /* A control character has no place in one, and no terminal has longer ones. */
    if ((c > 0 && c < ' ' && c != ESCAPE) || typed->len == sizeof(typed->pending))
        send_pending(typed, ops, user);
    else if (is_whole(typed))
        conclude(typed, ops, user);
}

/* ---- the stream ---- */

/* Bytes of BYTES[0..LEN) that mean nothing to us. */
static size_t plain(const struct typed *typed, const char *bytes, size_t len)
{
    size_t i = 0;

    while (i < len && bytes[i] != ESCAPE && (typed->pasting || bytes[i] != typed->detach))
        i++;
    return i;
}

bool typed_feed(struct typed *typed, const char *bytes, size_t len, int64_t now_ns,
                const struct typed_ops *ops, void *user)
{
    bool rested = now_ns - typed->last_ns >= REST_NS;

    typed->last_ns = now_ns;
    if (typed->pasting && rested && len == 1 && bytes[0] == typed->detach)
        typed->pasting = false;
    while (len > 0) {
        size_t run = typed->len || typed->skip ? 0 : plain(typed, bytes, len);

        if (run > 0) {
            ops->bytes(user, bytes, run);
            bytes += run;
            len -= run;
            continue;
        }
        char c = *bytes++;
        len--;
        if (c == typed->detach && !typed->pasting) {
            typed->len = 0;
            typed->skip = 0;
            return true;
        }
        if (typed->skip)
            typed->skip--;
        else if (typed->pasting)
            take_pasted(typed, c, ops, user);
        else
            take_sequence(typed, c, ops, user);
    }
    return false;
}

int64_t typed_due(const struct typed *typed)
{
    if (!typed->len)
        return INT64_MAX;
    return typed->last_ns + (typed->len <= 2 ? typed->escape_ms * NS_PER_MS : TORN_NS);
}

void typed_turn(struct typed *typed, int64_t now_ns, const struct typed_ops *ops, void *user)
{
    if (now_ns >= typed_due(typed))
        send_pending(typed, ops, user);
}
