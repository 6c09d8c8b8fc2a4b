/* Keys, as the terminal sends them and as commands know them. */
#ifndef VCTOP_UI_TERM_KEY_H
#define VCTOP_UI_TERM_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_kind {
    KEY_NONE,    /* nothing there yet */
    KEY_CHAR,    /* a printable character: code is its code point */
    KEY_CONTROL, /* ^A..^_ : code is the letter, 'A'..'_' */
    KEY_SPECIAL, /* code is enum key_special */
    KEY_POINTER, /* a click or the wheel of the mouse */
    KEY_HANGUP   /* the terminal is gone */
};

enum key_special {
    SPECIAL_UP = 1,
    SPECIAL_DOWN,
    SPECIAL_LEFT,
    SPECIAL_RIGHT,
    SPECIAL_HOME,
    SPECIAL_END,
    SPECIAL_PAGE_UP,
    SPECIAL_PAGE_DOWN,
    SPECIAL_ENTER,
    SPECIAL_ESCAPE,
    SPECIAL_TAB,
    SPECIAL_BACK_TAB,
    SPECIAL_BACKSPACE,
    SPECIAL_DELETE,
    SPECIAL_INSERT,
    SPECIAL_F1 = 100 /* SPECIAL_F1 + n - 1 */
};

enum mouse_button {
    MOUSE_LEFT = 1,
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN
};

struct key {
    enum key_kind kind;
    uint32_t code;
    int y, x; /* of a mouse event */
};

/* The first after newterm(), MOUSE when it may report, which key_input_mouse() changes;
 * key_input_again() when the terminal was another's meanwhile; the last before the end of
 * ncurses. */
void key_input_open(bool mouse);
void key_input_mouse(bool on);
void key_input_again(void);
void key_input_close(void);

/* The next key, without waiting longer than the escape delay.  What a torn or unknown escape
 * sequence holds is no key. Text inside a bracketed paste is given out only while key_accept_paste
 * is on (a prompt is open). */
struct key key_read(void);
void key_accept_paste(bool on);

/* The bytes that are there, as the terminal sent them, up to SIZE: for what is not ours to
 * understand.  *HUNG_UP: the terminal is gone. */
size_t key_read_bytes(char *dst, size_t size, bool *hung_up);

/* Throws away what was typed ahead. */
void key_discard(void);

static inline bool key_is_char(struct key key, uint32_t code)
{
    return key.kind == KEY_CHAR && key.code == code;
}

static inline bool key_is(struct key key, enum key_special special)
{
    return key.kind == KEY_SPECIAL && key.code == (uint32_t)special;
}

static inline bool key_is_control(struct key key, char letter)
{
    return key.kind == KEY_CONTROL && key.code == (uint32_t)letter;
}

#endif
