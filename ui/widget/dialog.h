/* Menus, confirmations and prompts over the screen.  Pure state machines: keys in, outcome out; the
 * loop draws. */
#ifndef VCTOP_UI_WIDGET_DIALOG_H
#define VCTOP_UI_WIDGET_DIALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/term/key.h"
#include "ui/widget/draw.h"

enum dialog_result {
    DIALOG_OPEN,
    DIALOG_CANCELLED,
    DIALOG_ACCEPTED
};

/* ---- a menu: one choice a line, some grey with their reason ---- */
struct menu_item {
    char key; /* 0: none */
    char label[48];
    char reason[96]; /* why it is grey; "" when it can be chosen */
};

struct menu {
    char title[96];
    struct menu_item items[32];
    int count, cursor;
};

/* The cursor to the first item that can be chosen, to the first of all when none can. */
void menu_to_choice(struct menu *menu);
/* Enter or an item's key accepts an item that is not grey; the choice is in cursor. */
enum dialog_result menu_key(struct menu *menu, struct key key);
void menu_draw(const struct menu *menu, struct rect screen);

/* ---- a confirmation: Cancel is the default ---- */
struct confirm {
    char title[160];
    char **lines; /* what it is about: guests, consequence; owned */
    size_t line_count;
    char expect[128]; /* what has to be typed, ASCII; "" for a Yes button */
    char verb[32];    /* "Force off": on the button */
    char typed[128];
    bool on_yes;         /* the focus; false at first */
    int64_t armed_at_ns; /* keys before that are thrown away: opened + 300 ms */
};

void confirm_init(struct confirm *confirm, const char *title, const char *verb, const char *expect,
                  int64_t now_ns);
void confirm_line(struct confirm *confirm, const char *line);
void confirm_clear(struct confirm *confirm);
enum dialog_result confirm_key(struct confirm *confirm, struct key key, int64_t now_ns);
void confirm_draw(const struct confirm *confirm, struct rect screen);

/* ---- one line of text ---- */
struct prompt {
    char label[48];
    char text[256]; /* UTF-8 */
    size_t cursor;  /* byte offset */
};

void prompt_init(struct prompt *prompt, const char *label, const char *text);
/* Enter accepts, Esc cancels; ^U, ^W, ^A, ^E, arrows, Home, End, Backspace, Delete edit. *CHANGED
 * (may be NULL) says that the text did. */
enum dialog_result prompt_key(struct prompt *prompt, struct key key, bool *changed);
void prompt_draw(const struct prompt *prompt, struct rect rect, int y);
/* The column of a line of WIDTH in which byte AT of the text is drawn; negative when it is not. */
int prompt_column(const struct prompt *prompt, int width, size_t at);

#endif
