#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "ui/widget/dialog.h"

#define ARM_AFTER_NS (300 * NS_PER_MS)

void confirm_init(struct confirm *confirm, const char *title, const char *verb, const char *expect,
                  int64_t now_ns)
{
    *confirm = (struct confirm){.armed_at_ns = now_ns + ARM_AFTER_NS};
    text_sanitise_into(confirm->title, sizeof confirm->title, title, strlen(title));
    snprintf(confirm->verb, sizeof confirm->verb, "%s", verb);
    snprintf(confirm->expect, sizeof confirm->expect, "%s", expect);
}

void confirm_line(struct confirm *confirm, const char *line)
{
    confirm->lines = xrealloc(confirm->lines, confirm->line_count + 1, sizeof *confirm->lines);
    confirm->lines[confirm->line_count++] = xstrdup(line);
}

void confirm_clear(struct confirm *confirm)
{
    for (size_t i = 0; i < confirm->line_count; i++)
        free(confirm->lines[i]);
    free(confirm->lines);
    *confirm = (struct confirm){0};
}

static void type_char(char *text, size_t size, uint32_t cp)
{
    char bytes[4];
    size_t len = strlen(text), more = text_encode(cp, bytes);
    if (len + more < size) {
        memcpy(text + len, bytes, more);
        text[len + more] = '\0';
    }
}

static void erase_char(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && ((unsigned char)text[--len] & 0xC0) == 0x80)
        ;
    text[len] = '\0';
}

static enum dialog_result typed_key(struct confirm *confirm, struct key key)
{
    if (key_is(key, SPECIAL_ENTER))
        return strcmp(confirm->typed, confirm->expect) == 0 ? DIALOG_ACCEPTED : DIALOG_CANCELLED;
    if (key_is(key, SPECIAL_BACKSPACE))
        erase_char(confirm->typed);
    else if (key_is_control(key, 'U'))
        confirm->typed[0] = '\0';
    else if (key.kind == KEY_CHAR)
        type_char(confirm->typed, sizeof confirm->typed, key.code);
    return DIALOG_OPEN;
}

enum dialog_result confirm_key(struct confirm *confirm, struct key key, int64_t now_ns)
{
    if (key_is(key, SPECIAL_ESCAPE))
        return DIALOG_CANCELLED;
    if (now_ns < confirm->armed_at_ns)
        return DIALOG_OPEN;
    if (confirm->expect[0])
        return typed_key(confirm, key);
    if (key_is(key, SPECIAL_LEFT) || key_is(key, SPECIAL_RIGHT) || key_is(key, SPECIAL_TAB) ||
        key_is(key, SPECIAL_BACK_TAB) || key_is_char(key, 'h') || key_is_char(key, 'l'))
        confirm->on_yes = !confirm->on_yes;
    else if (key_is(key, SPECIAL_ENTER))
        return confirm->on_yes ? DIALOG_ACCEPTED : DIALOG_CANCELLED;
    else if (key_is_char(key, 'q') || key_is_char(key, 'n'))
        return DIALOG_CANCELLED;
    return DIALOG_OPEN;
}

static void draw_buttons(const struct confirm *confirm, struct rect inside, int y)
{
    int x = draw_format(inside, y, 1, confirm->on_yes ? STYLE_BUTTON : STYLE_BUTTON_FOCUS,
                        "[ Cancel ]");
    x += draw_format(inside, y, x + 3, confirm->on_yes ? STYLE_BUTTON_FOCUS : STYLE_BUTTON,
                     "[ %s ]", confirm->verb);
    draw_text(inside, y, x + 6, STYLE_KEY_TEXT, "Tab moves, Enter takes, Esc cancels");
}

static int widest_line(const struct confirm *confirm, const char *ask)
{
    int width = (int)text_width(confirm->title) + 4;
    for (size_t i = 0; i < confirm->line_count; i++)
        if ((int)text_width(confirm->lines[i]) > width)
            width = (int)text_width(confirm->lines[i]);
    int last = confirm->expect[0] ? (int)text_width(ask) + 14 : 56 + (int)strlen(confirm->verb);
    return last > width ? last : width;
}

/* What is typed stands behind the question, or below it where the line is too short for both. */
static void draw_answer(const struct confirm *confirm, const char *ask, struct rect inside, int y)
{
    int x = 1 + (int)text_width(ask);
    if (x + (int)text_width(confirm->expect) + 1 > inside.width && y > 0) {
        draw_cell(inside, y - 1, 1, STYLE_DIALOG, ask, inside.width - 1);
        x = 1;
    } else {
        draw_text(inside, y, 1, STYLE_DIALOG, ask);
    }
    x += draw_text(inside, y, x, STYLE_DIALOG_TITLE, confirm->typed);
    draw_text(inside, y, x, STYLE_BUTTON_FOCUS, " ");
}

void confirm_draw(const struct confirm *confirm, struct rect screen)
{
    char ask[320] = "";
    if (confirm->expect[0])
        snprintf(ask, sizeof ask,
                 "Type %s and Enter; Enter alone or Esc cancels: ", confirm->expect);
    int width = widest_line(confirm, ask) + 4, height = (int)confirm->line_count + 4;
    struct rect box = {.height = height < screen.height ? height : screen.height,
                       .width = width < screen.width ? width : screen.width};
    box.y = screen.y + (screen.height - box.height) / 2;
    box.x = screen.x + (screen.width - box.width) / 2;
    draw_clear(box, STYLE_DIALOG);
    draw_box(box, STYLE_DIALOG, confirm->title);
    struct rect inside = rect_inset(box, 1);
    /* The last two rows belong to the answer, however little room there is. */
    for (int row = 0; row < (int)confirm->line_count && row < inside.height - 2; row++)
        draw_cell(inside, row, 1, STYLE_DIALOG, confirm->lines[row], inside.width - 2);
    int last = inside.height - 1;
    if (!confirm->expect[0]) {
        draw_buttons(confirm, inside, last);
        return;
    }
    draw_answer(confirm, ask, inside, last);
}
