#include "ui/view/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define NAME_WIDTH 16
#define WORD_MAX 40 /* of two words that are compared */

void completion_clear(struct completion *completion)
{
    for (size_t i = 0; i < completion->count; i++) {
        free(completion->items[i].before);
        free(completion->items[i].name);
    }
    free(completion->items);
    free(completion->typed);
    *completion = (struct completion){.chosen = -1};
}

void completion_offer(struct completion *completion, const char *typed, const char *before,
                      const char *name, const char *help)
{
    const char *found = strstr(name, typed);

    if (!found)
        return;
    xreplace(&completion->typed, typed);
    completion->items =
        xrealloc(completion->items, completion->count + 1, sizeof(*completion->items));
    completion->items[completion->count++] = (struct completion_item){
        .before = xstrdup(before), .name = xstrdup(name), .help = help, .prefix = found == name};
}

void completion_sort(struct completion *completion)
{
    CLEANUP_FREE struct completion_item *rest =
        xcalloc(completion->count + 1, sizeof(*completion->items));
    size_t first = 0, others = 0;

    for (size_t i = 0; i < completion->count; i++) {
        if (completion->items[i].prefix)
            completion->items[first++] = completion->items[i];
        else
            rest[others++] = completion->items[i];
    }
    if (others)
        memcpy(completion->items + first, rest, others * sizeof(*rest));
}

bool completion_is_prefix(const struct completion *completion, size_t index)
{
    return index < completion->count && completion->items[index].prefix;
}

/* How many bytes all that begin with what was typed have in common. */
static size_t common(const struct completion *completion)
{
    const char *first = completion->items[0].name;
    size_t len = strlen(first);

    for (size_t i = 1; completion_is_prefix(completion, i); i++) {
        const char *other = completion->items[i].name;
        size_t same = 0;
        while (same < len && other[same] == first[same])
            same++;
        len = same;
    }
    return len;
}

bool completion_next(struct completion *completion, int step, char *dst, size_t size)
{
    long count = (long)completion->count;

    if (!count)
        return false;
    if (completion->chosen < 0 && completion->items[0].prefix &&
        common(completion) > strlen(completion->typed)) {
        size_t len = common(completion);
        snprintf(dst, size, "%s%.*s", completion->items[0].before, (int)len,
                 completion->items[0].name);
        xreplace(&completion->typed, dst + strlen(completion->items[0].before));
        return true;
    }
    completion->chosen = completion->chosen < 0 ? (step > 0 ? 0 : count - 1)
                                                : (completion->chosen + step + count) % count;
    const struct completion_item *item = &completion->items[completion->chosen];
    snprintf(dst, size, "%s%s", item->before, item->name);
    return true;
}

void completion_draw(const struct completion *completion, struct rect screen, int bottom,
                     int height)
{
    int count = (int)completion->count, shown = count < height ? count : height;
    int first = completion->chosen >= shown ? (int)completion->chosen - shown + 1 : 0;

    if (shown <= 0)
        return;
    struct rect box = {.y = bottom - shown, .x = screen.x, .height = shown, .width = screen.width};
    draw_clear(box, STYLE_DIALOG);
    for (int row = 0; row < shown; row++) {
        const struct completion_item *item = &completion->items[first + row];
        bool here = first + row == completion->chosen;
        enum style style = here ? STYLE_SELECTED : STYLE_DIALOG;

        draw_cell(box, row, 0, style, "", box.width);
        draw_cell(box, row, 1, here ? style : STYLE_DIALOG_TITLE, item->name, NAME_WIDTH);
        draw_cell(box, row, NAME_WIDTH + 2, here ? style : STYLE_KEY_TEXT, item->help,
                  box.width - NAME_WIDTH - 3);
    }
    if (count > shown) {
        char more[32];
        snprintf(more, sizeof(more), " %d of %d ", shown, count);
        draw_right(box, 0, box.width - 12, STYLE_DIM, more, 11);
    }
}

/* Levenshtein's distance, with a row of costs. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1], len = strnlen(b, WORD_MAX);

    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 0; a[i] && i < WORD_MAX; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < len; j++) {
            size_t swap = corner + (a[i] != b[j]);
            size_t least = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;
            corner = row[j + 1];
            row[j + 1] = swap < least ? swap : least;
        }
    }
    return row[len];
}

void completion_nearer(const char *typed, const char *name, const char **nearest, size_t *best)
{
    size_t cost = distance(typed, name);

    if (cost < *best) {
        *best = cost;
        *nearest = name;
    }
}
