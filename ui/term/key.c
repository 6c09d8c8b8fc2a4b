#include "ui/term/key.h"

#include <curses.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "ui/term/keycodes.h"
#include "ui/term/mouse.h"
#include "ui/term/output.h"
#include "ui/term/paste.h"

/* Of the one terminal, like ncurses' own state. */
static struct {
    WINDOW *pad; /* reading from stdscr would draw it, half finished as it may be */
    bool accept_paste;
} input;

static const struct {
    int curses;
    enum key_special special;
} SPECIALS[] = {
    {KEY_UP, SPECIAL_UP},
    {KEY_DOWN, SPECIAL_DOWN},
    {KEY_LEFT, SPECIAL_LEFT},
    {KEY_RIGHT, SPECIAL_RIGHT},
    {KEY_HOME, SPECIAL_HOME},
    {KEY_END, SPECIAL_END},
    {KEY_PPAGE, SPECIAL_PAGE_UP},
    {KEY_NPAGE, SPECIAL_PAGE_DOWN},
    {KEY_ENTER, SPECIAL_ENTER},
    {KEY_BTAB, SPECIAL_BACK_TAB},
    {KEY_DC, SPECIAL_DELETE},
    {KEY_IC, SPECIAL_INSERT},
    {KEY_BACKSPACE, SPECIAL_BACKSPACE},
};

static struct key special(enum key_special code)
{
    return (struct key){.kind = KEY_SPECIAL, .code = (uint32_t)code};
}

static struct key from_code(wint_t code)
{
    if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12))
        return special(SPECIAL_F1 + (int)(code - KEY_F(1)));
    for (size_t i = 0; i < ARRAY_SIZE(SPECIALS); i++)
        if (code == (wint_t)SPECIALS[i].curses)
            return special(SPECIALS[i].special);
    return (struct key){.kind = KEY_NONE};
}

static struct key from_char(wint_t c)
{
    switch (c) {
    case '\r':
    case '\n':
        return special(SPECIAL_ENTER);
    case '\t':
        return special(SPECIAL_TAB);
    case 0x7f:
    case '\b':
        return special(SPECIAL_BACKSPACE);
    case 0x1b:
        return special(SPECIAL_ESCAPE);
    default:
        break;
    }
    if (c < 0x20)
        return (struct key){.kind = KEY_CONTROL, .code = (uint32_t)c + '@'};
    if (text_cp_width((uint32_t)c) < 0)
        return (struct key){.kind = KEY_NONE};
    return (struct key){.kind = KEY_CHAR, .code = (uint32_t)c};
}

static bool hung_up(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&in, 1, 0) <= 0)
        return false;
    if (in.revents & (POLLHUP | POLLERR | POLLNVAL))
        return true;
    int waiting = 0;
    return ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == 0;
}

/* An escape that is not the start of a known key: when more follows at once, it is a sequence that
 * nobody defined, not the Escape key, and its tail must not act as keys. */
static struct key after_escape(void)
{
    wint_t next;
    int rc = wget_wch(input.pad, &next);
    if (rc == ERR)
        return special(SPECIAL_ESCAPE);
    if (rc == KEY_CODE_YES || next == 0x1b) {
        /* A key of its own came right behind: a paste must not lose its beginning. */
        ungetch((int)next);
        return special(SPECIAL_ESCAPE);
    }
    if (next != '[' && next != 'O') {
        /* Alt with a key: nothing is bound to it. */
        return (struct key){.kind = KEY_NONE};
    }
    for (int skipped = 0; skipped < 32 && wget_wch(input.pad, &next) == OK; skipped++)
        if (next >= '@' && next <= '~')
            break;
    return (struct key){.kind = KEY_NONE};
}

void key_input_open(bool mouse)
{
    input.pad = newpad(1, 1);
    nodelay(input.pad, TRUE);
    keypad(input.pad, TRUE);
    define_key("\033[200~", KEYCODE_PASTE_BEGIN);
    define_key("\033[201~", KEYCODE_PASTE_END);
    define_key(OUTPUT_ANSWER, KEYCODE_ANSWER);
    if (mouse) {
        define_key("\033[<", KEYCODE_MOUSE_SGR);
        define_key("\033[M", KEYCODE_MOUSE_BYTES);
    }
}

void key_input_again(void)
{
    keypad(input.pad, FALSE);
    keypad(input.pad, TRUE);
}

void key_input_close(void)
{
    delwin(input.pad);
    input.pad = NULL;
}

/* Keys that are about the input itself. */
static bool is_mark(wint_t code)
{
    switch (code) {
    case KEYCODE_ANSWER:
        output_answered();
        return true;
    case KEYCODE_PASTE_BEGIN:
        paste_begin();
        return true;
    case KEYCODE_PASTE_END:
        paste_end();
        return true;
    case KEYCODE_MOUSE_SGR:
        mouse_begin(MOUSE_FORM_SGR);
        return true;
    case KEYCODE_MOUSE_BYTES:
        mouse_begin(MOUSE_FORM_BYTES);
        return true;
    default:
        return false;
    }
}

static bool nothing_behind(void)
{
    wint_t next;
    int rc = wget_wch(input.pad, &next);
    if (rc == ERR)
        return true;
    if (rc == KEY_CODE_YES)
        ungetch((int)next);
    else
        unget_wch((wchar_t)next);
    return false;
}

/* Of what is pasted a prompt gets the text, a list nothing. */
static struct key from_paste(int rc, wint_t c)
{
    struct key none = {.kind = KEY_NONE};
    if (rc == KEY_CODE_YES || !paste_take(c, c == 0x1b && nothing_behind()))
        return none;
    return input.accept_paste && c >= 0x20 && c != 0x7f ? from_char(c) : none;
}

static struct key from_input(int rc, wint_t c)
{
    struct key key = {.kind = KEY_NONE};
    if (mouse_is_begun()) {
        if (rc == OK && mouse_feed(c, &key) != MOUSE_NOT)
            return key;
        mouse_begin(MOUSE_FORM_NONE);
    }
    if (paste_is_on())
        return from_paste(rc, c);
    if (rc == KEY_CODE_YES)
        return from_code(c);
    return c == 0x1b ? after_escape() : from_char(c);
}

struct key key_read(void)
{
    /* Bounded, so that a paste of a megabyte cannot hold the loop. */
    for (int budget = 0; budget < 4096; budget++) {
        wint_t c;
        int rc = wget_wch(input.pad, &c);
        if (rc == ERR)
            return (struct key){.kind = hung_up() ? KEY_HANGUP : KEY_NONE};
        if (rc == KEY_CODE_YES && is_mark(c))
            continue;
        struct key key = from_input(rc, c);
        if (key.kind != KEY_NONE)
            return key;
    }
    return (struct key){.kind = KEY_NONE};
}

void key_accept_paste(bool on)
{
    input.accept_paste = on;
}

void key_discard(void)
{
    paste_end();
    mouse_begin(MOUSE_FORM_NONE);
    tcflush(STDIN_FILENO, TCIFLUSH);
    flushinp();
    output_forget_answer();
}
