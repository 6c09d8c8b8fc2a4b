#include "model/id.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

void guest_id_init(struct guest_id *id, const char *source, const char *key)
{
    id->source = xstrdup(source);
    id->key = xstrdup(key);
}

void guest_id_copy(struct guest_id *dst, const struct guest_id *src)
{
    guest_id_init(dst, src->source, src->key);
}

void guest_id_clear(struct guest_id *id)
{
    free(id->source);
    free(id->key);
    *id = (struct guest_id){0};
}

static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool guest_id_equal(const struct guest_id *a, const struct guest_id *b)
{
    return same(a->key, b->key) && same(a->source, b->source);
}

bool guest_id_is_set(const struct guest_id *id)
{
    return id->source && id->source[0] && id->key && id->key[0];
}

char *guest_id_text(const struct guest_id *id)
{
    const char *source = id->source ? id->source : "";
    const char *key = id->key ? id->key : "";
    CLEANUP_FREE char *left = text_percent_encode(source, strlen(source));
    CLEANUP_FREE char *right = text_percent_encode(key, strlen(key));
    char *ret = xmalloc(strlen(left) + strlen(right) + 2);

    stpcpy(stpcpy(stpcpy(ret, left), "#"), right);
    return ret;
}

/* Text that is no C string once decoded names no guest. */
static char *decode_part(const char *text, size_t len)
{
    CLEANUP_FREE char *part = xstrndup(text, len);
    size_t decoded;
    CLEANUP_FREE char *plain = text_percent_decode(part, &decoded);
    if (!plain || decoded == 0 || strlen(plain) != decoded)
        return NULL;
    return move_ptr(&plain);
}

bool guest_id_parse(const char *text, struct guest_id *ret)
{
    const char *mark = strchr(text, '#');
    if (!mark)
        return false;
    CLEANUP_FREE char *source = decode_part(text, (size_t)(mark - text));
    CLEANUP_FREE char *key = decode_part(mark + 1, strlen(mark + 1));
    if (!source || !key)
        return false;
    ret->source = move_ptr(&source);
    ret->key = move_ptr(&key);
    return true;
}
