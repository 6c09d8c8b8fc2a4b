#include "ui/view/narrow.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "ui/widget/dialog.h"

#define LIST_MAX 10

struct narrow {
    struct prompt prompt;
    char before[sizeof(((struct ui *)0)->filter)];
    struct completion completion; /* empty unless Tab was the last key */
    struct query_error error;
    bool wrong, refused; /* what stands there makes no sense; and was not taken */
    unsigned (*done)(struct ui *ui, void *context, bool kept);
    void *context;
};

bool narrow_set(struct ui *ui, const char *text, struct query_error *err)
{
    struct query *query = *text ? query_new(text, err) : NULL;

    if (*text && !query)
        return false;
    query_free(ui->query);
    ui->query = query;
    snprintf(ui->filter, sizeof(ui->filter), "%s", text);
    return true;
}

void narrow_off(struct ui *ui)
{
    narrow_set(ui, "", NULL);
}

void narrow_say(struct ui *ui, const char *text, const struct query_error *err)
{
    const char *rest = text + (err->at < strlen(text) ? err->at : strlen(text));

    ui_say(ui, STYLE_BAD, "filter: %s, at %s%.60s%s", err->message, *rest ? "'" : "its end", rest,
           *rest ? "'" : "");
}

/* ---- what could follow ---- */

struct offers {
    struct completion *completion;
    const char *before;
};

static void take_offer(void *data, const char *text, size_t len, const char *typed,
                       const char *name, const char *help)
{
    const struct offers *offers = data;
    CLEANUP_FREE char *before = xasprintf("%s%.*s", offers->before, (int)len, text);

    completion_offer(offers->completion, typed, before, name, help);
}

void narrow_offer(struct completion *completion, const char *before, const char *text)
{
    struct offers offers = {.completion = completion, .before = before};

    query_complete(text, take_offer, &offers);
}

/* ---- the line ---- */

static unsigned typed(struct ui *ui, struct narrow *narrow)
{
    narrow->refused = false;
    narrow->wrong = !narrow_set(ui, narrow->prompt.text, &narrow->error);
    return REACT_HANDLED | REACT_REDRAW | (narrow->wrong ? 0u : (unsigned)REACT_REARRANGE);
}

static unsigned tab(struct ui *ui, struct narrow *narrow, int step)
{
    struct completion *completion = &narrow->completion;
    char text[sizeof(narrow->prompt.text)], label[sizeof(narrow->prompt.label)];

    if (!completion->count) {
        completion_clear(completion);
        narrow_offer(completion, "", narrow->prompt.text);
        completion_sort(completion);
    }
    bool single = completion->count == 1;
    if (!completion_next(completion, step, text, sizeof(text)))
        return REACT_HANDLED;
    memcpy(label, narrow->prompt.label, sizeof(label));
    prompt_init(&narrow->prompt, label, text);
    if (single)
        completion_clear(completion);
    return typed(ui, narrow);
}

static unsigned finish(struct ui *ui, const struct narrow *narrow, bool kept)
{
    unsigned (*done)(struct ui *, void *, bool) = narrow->done;
    void *context = narrow->context;

    if (!kept)
        narrow_set(ui, narrow->before, NULL);
    ui_modal_close(ui);
    return done(ui, context, kept) | REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned narrow_key(struct ui *ui, void *data, struct key key)
{
    struct narrow *narrow = data;
    bool changed = false;

    if (key_is(key, SPECIAL_TAB) || key_is(key, SPECIAL_BACK_TAB))
        return tab(ui, narrow, key_is(key, SPECIAL_TAB) ? 1 : -1);
    completion_clear(&narrow->completion);
    enum dialog_result result = prompt_key(&narrow->prompt, key, &changed);
    if (result == DIALOG_ACCEPTED && narrow->wrong) {
        narrow->refused = true;
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (result != DIALOG_OPEN)
        return finish(ui, narrow, result == DIALOG_ACCEPTED);
    return changed ? typed(ui, narrow) : (unsigned)(REACT_HANDLED | REACT_REDRAW);
}

/* A caret under what the error is about, and words on the side that has room. */
static void draw_error(const struct narrow *narrow, struct rect line)
{
    enum style style = narrow->refused ? STYLE_BAD : STYLE_DIM;
    const char *words = narrow->error.message;
    int column = prompt_column(&narrow->prompt, line.width, narrow->error.at);
    int width = (int)text_width(words);

    draw_cell(line, 0, 0, STYLE_NORMAL, "", line.width);
    if (column < 0) {
        draw_cell(line, 0, 1, style, words, line.width - 1);
        return;
    }
    draw_text(line, 0, column, style, "^");
    if (column + 2 + width <= line.width || column < width + 2)
        draw_cell(line, 0, column + 2, style, words, line.width - column - 2);
    else
        draw_text(line, 0, column - width - 1, style, words);
}

static void narrow_draw(const struct ui *ui, const void *data, struct rect screen,
                        struct rect status)
{
    const struct narrow *narrow = data;
    int room = status.y - screen.y - 1;
    struct rect below = {.y = status.y + 1, .x = status.x, .height = 1, .width = status.width};

    (void)ui;
    prompt_draw(&narrow->prompt, status, 0);
    if (narrow->wrong)
        draw_error(narrow, below);
    completion_draw(&narrow->completion, screen, status.y, room < LIST_MAX ? room : LIST_MAX);
}

static void narrow_close(void *data)
{
    struct narrow *narrow = data;

    key_accept_paste(false);
    completion_clear(&narrow->completion);
    free(narrow);
}

static const struct modal narrow_modal = {
    .hint = "Enter keeps it, Esc restores what was; cpu>80 & kind=ct: Tab shows the words",
    .key = narrow_key,
    .draw = narrow_draw,
    .close = narrow_close,
};

void narrow_open(struct ui *ui, unsigned (*done)(struct ui *ui, void *context, bool kept),
                 void *context)
{
    struct narrow *narrow = xcalloc(1, sizeof(*narrow));

    narrow->done = done;
    narrow->context = context;
    completion_clear(&narrow->completion);
    memcpy(narrow->before, ui->filter, sizeof(narrow->before));
    prompt_init(&narrow->prompt, " Filter: ", ui->filter);
    ui_modal_open(ui, &narrow_modal, narrow);
    key_accept_paste(true);
}
