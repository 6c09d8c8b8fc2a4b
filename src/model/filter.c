#include "model/filter.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

uint32_t text_fold(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
    if (cp >= 0xc0 && cp <= 0xde && cp != 0xd7)
        return cp + 32;
    if ((cp >= 0x100 && cp <= 0x137 && cp != 0x130 && cp != 0x131) || (cp >= 0x14a && cp <= 0x177))
        return cp | 1;
    if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e))
        return cp + (cp & 1);
    if (cp >= 0x391 && cp <= 0x3a9)
        return cp + 32;
    if (cp >= 0x410 && cp <= 0x42f)
        return cp + 32;
    if (cp >= 0x400 && cp <= 0x40f)
        return cp + 80;
    return cp;
}

static uint32_t next_folded(const char **text, size_t *left)
{
    uint32_t cp = 0;
    size_t used = text_decode(*text, *left, &cp);
    *text += used;
    *left -= used;
    return text_fold(cp);
}

int text_compare_folded(const char *a, const char *b)
{
    size_t a_left = strlen(a), b_left = strlen(b);
    while (a_left > 0 && b_left > 0) {
        uint32_t x = next_folded(&a, &a_left), y = next_folded(&b, &b_left);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a_left > 0) - (b_left > 0);
}

/* Bytes of TEXT that are PART at its start; -1: it starts otherwise. */
static long match_here(const char *text, size_t len, const char *part)
{
    const char *start = text;
    size_t left = strlen(part);

    while (left > 0) {
        if (len == 0 || next_folded(&part, &left) != next_folded(&text, &len))
            return -1;
    }
    return text - start;
}

const char *text_find_folded(const char *text, const char *part, size_t *ret_len)
{
    size_t left = text ? strlen(text) : 0;

    while (left > 0) {
        long len = match_here(text, left, part);

        if (len >= 0) {
            if (ret_len)
                *ret_len = (size_t)len;
            return text;
        }
        next_folded(&text, &left);
    }
    return NULL;
}

static bool contains(const char *text, const char *part)
{
    return text_find_folded(text, part, NULL) != NULL;
}

bool guest_holds(const struct guest *guest, const char *text)
{
    if (contains(guest->facts.name, text) || contains(guest->facts.title, text) ||
        contains(guest->facts.manager, text) || contains(state_name(guest->state), text) ||
        contains(guest->reason, text) || contains(guest->id.key, text))
        return true;
    for (int i = 0; i < FACTS_ADDRESSES_MAX; i++) {
        if (contains(guest->facts.addresses[i], text))
            return true;
    }
    /* The source's part of an id counts only in a whole id: "system" must not match every machine
     * of qemu:///system. */
    if (!strchr(text, '#'))
        return false;
    CLEANUP_FREE char *id = guest_id_text(&guest->id);
    return contains(id, text);
}
