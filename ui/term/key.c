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
#include "ui/term/output.h"

/* Of the one terminal, like ncurses' own state. */
static struct {
    WINDOW *pad; /* reading from stdscr would draw it, half finished as it may be */
    bool accept_paste;
    bool in_paste;
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

static struct key pointer(void)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return (struct key){.kind = KEY_NONE};
    uint32_t code = event.bstate & BUTTON4_PRESSED   ? MOUSE_WHEEL_UP
                    : event.bstate & BUTTON5_PRESSED ? MOUSE_WHEEL_DOWN
                    : event.bstate & BUTTON1_PRESSED ? MOUSE_LEFT
                                                     : 0;
    if (!code)
        return (struct key){.kind = KEY_NONE};
    return (struct key){.kind = KEY_POINTER, .code = code, .y = event.y, .x = event.x};
}

static struct key from_code(wint_t code)
{
    if (code == KEY_MOUSE)
        return pointer();
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

void key_input_open(void)
{
    input.pad = newpad(1, 1);
    nodelay(input.pad, TRUE);
    keypad(input.pad, TRUE);
    define_key("\033[200~", KEYCODE_PASTE_BEGIN);
    define_key("\033[201~", KEYCODE_PASTE_END);
    define_key(OUTPUT_ANSWER, KEYCODE_ANSWER);
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

struct key key_read(void)
{
    /* Bounded, so that a paste of a megabyte cannot hold the loop. */
    for (int budget = 0; budget < 4096; budget++) {
        wint_t c;
        int rc = wget_wch(input.pad, &c);
        if (rc == ERR)
            return (struct key){.kind = hung_up() ? KEY_HANGUP : KEY_NONE};
        if (rc == KEY_CODE_YES && c == KEYCODE_ANSWER) {
            output_answered();
            continue;
        }
        if (rc == KEY_CODE_YES && (c == KEYCODE_PASTE_BEGIN || c == KEYCODE_PASTE_END)) {
            input.in_paste = c == KEYCODE_PASTE_BEGIN;
            continue;
        }
        if (input.in_paste && (!input.accept_paste || rc == KEY_CODE_YES || c < 0x20))
            continue;
        struct key key = rc == KEY_CODE_YES ? from_code(c)
                         : c == 0x1b        ? after_escape()
                                            : from_char(c);
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
    input.in_paste = false;
    tcflush(STDIN_FILENO, TCIFLUSH);
    flushinp();
    output_forget_answer();
}
