#include "ui/term/key.h"

#include <curses.h>
#include <errno.h>
#include <limits.h>
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

#define ESCAPE 0x1b

/* Of the one terminal, like ncurses' own state. */
static struct {
    WINDOW *pad;    /* reading from stdscr would draw it, half finished as it may be */
    mbstate_t torn; /* the first bytes of a character */
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
    case ESCAPE:
        return special(SPECIAL_ESCAPE);
    default:
        break;
    }
    if (c < 0x20)
        return (struct key){.kind = KEY_CONTROL, .code = (uint32_t)c + '@'};
    if (text_cp_width((uint32_t)c) < 0 || c == TEXT_REPLACEMENT)
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

/* The byte or key code that comes next, ERR when there is none. */
static int next_byte(void)
{
    return wgetch(input.pad);
}

/* The next character or key code.  A character whose bytes come apart is put together over as many
 * calls as it takes; bytes that make none are U+FFFD. */
static int next(wint_t *ret)
{
    wchar_t wide;
    for (int c; (c = next_byte()) != ERR;) {
        char byte = (char)c;
        if (c > UCHAR_MAX) {
            *ret = (wint_t)c;
            return KEY_CODE_YES;
        }
        bool within = !mbsinit(&input.torn);
        size_t rc = mbrtowc(&wide, &byte, 1, &input.torn);
        if (rc == (size_t)-2)
            continue;
        if (rc == (size_t)-1) {
            input.torn = (mbstate_t){0};
            /* It may begin what comes after the broken one. */
            if (within)
                ungetch(c);
        }
        *ret = rc == (size_t)-1 ? TEXT_REPLACEMENT : (wint_t)wide;
        return OK;
    }
    return ERR;
}

/* An escape that is not the start of a known key: when more follows at once, it is a sequence that
 * nobody defined, not the Escape key, and its tail must not act as keys. */
static struct key after_escape(void)
{
    int c = next_byte();
    if (c == ERR)
        return special(SPECIAL_ESCAPE);
    if (c > UCHAR_MAX || c == ESCAPE) {
        /* A key of its own came right behind: a paste must not lose its beginning. */
        ungetch(c);
        return special(SPECIAL_ESCAPE);
    }
    if (c != '[' && c != 'O') {
        /* Alt with a key: nothing is bound to it. */
        return (struct key){.kind = KEY_NONE};
    }
    for (int skipped = 0; skipped < 32 && (c = next_byte()) != ERR; skipped++) {
        if (c > UCHAR_MAX || c < ' ') {
            ungetch(c);
            break;
        }
        if (c >= '@' && c <= '~')
            break;
    }
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
    key_input_mouse(mouse);
}

void key_input_mouse(bool on)
{
    define_key("\033[<", on ? KEYCODE_MOUSE_SGR : 0);
    define_key("\033[M", on ? KEYCODE_MOUSE_BYTES : 0);
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
    int c = next_byte();
    if (c != ERR)
        ungetch(c);
    return c == ERR;
}

/* Of what is pasted a prompt gets the text, a list nothing. */
static struct key from_paste(int rc, wint_t c)
{
    struct key none = {.kind = KEY_NONE};
    if (rc == KEY_CODE_YES || !paste_take(c, c == ESCAPE && nothing_behind()))
        return none;
    return input.accept_paste && c >= 0x20 && c != 0x7f ? from_char(c) : none;
}

static struct key from_input(int rc, wint_t c)
{
    struct key key = {.kind = KEY_NONE};
    if (mouse_is_begun()) {
        /* What breaks a report off belongs to it, but for an escape or a key. */
        if (rc == OK && (mouse_feed(c, &key) != MOUSE_NOT || c != ESCAPE))
            return key;
        mouse_begin(MOUSE_FORM_NONE);
    }
    if (paste_is_on())
        return from_paste(rc, c);
    if (rc == KEY_CODE_YES)
        return from_code(c);
    return c == ESCAPE ? after_escape() : from_char(c);
}

struct key key_read(void)
{
    /* Bounded, so that a paste of a megabyte cannot hold the loop. */
    for (int budget = 0; budget < 4096; budget++) {
        wint_t c;
        int rc = next(&c);
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

size_t key_read_bytes(char *dst, size_t size, bool *gone)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    *gone = false;
    if (poll(&in, 1, 0) <= 0)
        return 0;
    ssize_t len = in.revents & POLLIN ? read(STDIN_FILENO, dst, size) : 0;
    *gone = len == 0 || (len < 0 && errno != EINTR && errno != EAGAIN);
    return len > 0 ? (size_t)len : 0;
}

void key_accept_paste(bool on)
{
    input.accept_paste = on;
}

void key_discard(void)
{
    paste_end();
    mouse_begin(MOUSE_FORM_NONE);
    input.torn = (mbstate_t){0};
    tcflush(STDIN_FILENO, TCIFLUSH);
    flushinp();
    output_forget_answer();
}
