#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/widget/dialog.h"

void prompt_init(struct prompt *prompt, const char *label, const char *text)
{
    *prompt = (struct prompt){.cursor = 0};
    snprintf(prompt->label, sizeof prompt->label, "%s", label);
    text_sanitise_into(prompt->text, sizeof prompt->text, text ? text : "",
                       text ? strlen(text) : 0);
    prompt->cursor = strlen(prompt->text);
}

static size_t before(const struct prompt *prompt, size_t at)
{
    while (at > 0 && ((unsigned char)prompt->text[--at] & 0xC0) == 0x80)
        ;
    return at;
}

static size_t after(const struct prompt *prompt, size_t at)
{
    if (prompt->text[at])
        at++;
    while (((unsigned char)prompt->text[at] & 0xC0) == 0x80)
        at++;
    return at;
}

static void cut(struct prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->text + from, prompt->text + to, strlen(prompt->text + to) + 1);
    prompt->cursor = from;
}

static void insert(struct prompt *prompt, uint32_t cp)
{
    char bytes[4];
    size_t more = text_encode(cp, bytes), len = strlen(prompt->text);
    if (len + more >= sizeof prompt->text)
        return;
    memmove(prompt->text + prompt->cursor + more, prompt->text + prompt->cursor,
            len - prompt->cursor + 1);
    memcpy(prompt->text + prompt->cursor, bytes, more);
    prompt->cursor += more;
}

static size_t word_start(const struct prompt *prompt)
{
    size_t at = prompt->cursor;
    while (at > 0 && prompt->text[at - 1] == ' ')
        at--;
    while (at > 0 && prompt->text[at - 1] != ' ')
        at--;
    return at;
}

/* Moves of the cursor; false when KEY is none of them. */
static bool move(struct prompt *prompt, struct key key)
{
    if (key_is(key, SPECIAL_LEFT))
        prompt->cursor = before(prompt, prompt->cursor);
    else if (key_is(key, SPECIAL_RIGHT))
        prompt->cursor = after(prompt, prompt->cursor);
    else if (key_is(key, SPECIAL_HOME) || key_is_control(key, 'A'))
        prompt->cursor = 0;
    else if (key_is(key, SPECIAL_END) || key_is_control(key, 'E'))
        prompt->cursor = strlen(prompt->text);
    else
        return false;
    return true;
}

enum dialog_result prompt_key(struct prompt *prompt, struct key key, bool *changed)
{
    char old[sizeof prompt->text];
    memcpy(old, prompt->text, sizeof old);
    if (changed)
        *changed = false;
    if (key_is(key, SPECIAL_ENTER))
        return DIALOG_ACCEPTED;
    if (key_is(key, SPECIAL_ESCAPE))
        return DIALOG_CANCELLED;
    if (move(prompt, key))
        return DIALOG_OPEN;
    if (key_is(key, SPECIAL_BACKSPACE))
        cut(prompt, before(prompt, prompt->cursor), prompt->cursor);
    else if (key_is(key, SPECIAL_DELETE))
        cut(prompt, prompt->cursor, after(prompt, prompt->cursor));
    else if (key_is_control(key, 'U'))
        cut(prompt, 0, prompt->cursor);
    else if (key_is_control(key, 'W'))
        cut(prompt, word_start(prompt), prompt->cursor);
    else if (key.kind == KEY_CHAR)
        insert(prompt, key.code);
    if (changed)
        *changed = strcmp(old, prompt->text) != 0;
    return DIALOG_OPEN;
}

/* A text wider than the line shows its part before the cursor: the first byte that is drawn. */
static size_t first_drawn(const struct prompt *prompt, int room)
{
    char left[sizeof prompt->text];
    size_t from = 0;

    memcpy(left, prompt->text, prompt->cursor);
    left[prompt->cursor] = '\0';
    while (left[from] && (int)text_width(left + from) > room)
        from = after(prompt, from);
    return from;
}

static int label_width(const struct prompt *prompt)
{
    return (int)text_width(prompt->label);
}

int prompt_column(const struct prompt *prompt, int width, size_t at)
{
    size_t from = first_drawn(prompt, width - label_width(prompt) - 2);
    char between[sizeof prompt->text];

    if (at < from || at >= sizeof between)
        return -1;
    snprintf(between, sizeof between, "%.*s", (int)(at - from), prompt->text + from);
    int column = label_width(prompt) + (int)text_width(between);
    return column < width ? column : -1;
}

void prompt_draw(const struct prompt *prompt, struct rect rect, int y)
{
    draw_cell(rect, y, 0, STYLE_NORMAL, "", rect.width);
    int x = draw_text(rect, y, 0, STYLE_KEY, prompt->label);
    size_t from = first_drawn(prompt, rect.width - x - 2);
    char left[sizeof prompt->text];
    memcpy(left, prompt->text, prompt->cursor);
    left[prompt->cursor] = '\0';
    x += draw_text(rect, y, x, STYLE_NORMAL, left + from);
    size_t next = after(prompt, prompt->cursor);
    char under[8] = " ";
    if (next > prompt->cursor && next - prompt->cursor < sizeof under) {
        memcpy(under, prompt->text + prompt->cursor, next - prompt->cursor);
        under[next - prompt->cursor] = '\0';
    }
    x += draw_text(rect, y, x, STYLE_BUTTON_FOCUS, under);
    draw_text(rect, y, x, STYLE_NORMAL, prompt->text + next);
}
