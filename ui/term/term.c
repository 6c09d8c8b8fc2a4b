#include "ui/term/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "ui/term/canvas.h"
#include "ui/term/capability.h"
#include "ui/term/key.h"
#include "ui/term/keycodes.h"
#include "ui/term/output.h"
#include "ui/term/restore.h"

/* How long one that was never heard of is given to answer before it is the shell's. */
#define STRANGER_MS 300

#define CURSES_BYTES (1 << 20) /* more than ncurses takes at its start */

/* One process has one terminal. */
static struct {
    SCREEN *screen;
    bool utf8;
    bool paste, mouse;
} term;

static bool name_starts(const char *name, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

/* Terminals that know neither mode ignore it, but a line printer on a serial line may not. */
static bool is_xterm_like(void)
{
    static const char *const PREFIXES[] = {"xterm", "screen", "tmux",  "rxvt", "alacritty",
                                           "foot",  "kitty",  "vte",   "st",   "konsole",
                                           "gnome", "linux",  "putty", NULL};
    const char *name = termname();
    return name && name_starts(name, PREFIXES);
}

/* ncurses is told of no terminal that could have modes. */
static void set_modes(void)
{
    const struct termios *before = restore_modes();

    if (!before)
        return;
    struct termios modes = *before;
    modes.c_iflag &= ~(tcflag_t)(BRKINT | PARMRK | INLCR | IGNCR | ICRNL | IXON);
    modes.c_oflag &= ~(tcflag_t)OPOST;
    modes.c_lflag &= ~(tcflag_t)(ICANON | ISIG | IEXTEN | ECHO | ECHONL);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

static bool locale_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int check_terminal(struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return error_set(err, ERR_USAGE, "use -b for output without a terminal",
                         "standard input and output are not a terminal");
    return 0;
}

static int start_curses(FILE *stream, struct error *err)
{
    const char *name = getenv("TERM");
    if (!name || !*name)
        return error_set(err, ERR_USAGE, "set it, for instance TERM=xterm", "TERM is not set");
    term.screen = newterm(NULL, stream, stdin);
    if (!term.screen) {
        /* It says the same of a description that it cannot open for want of descriptors, or read
         * for want of memory. */
        free(xmalloc(CURSES_BYTES));
        CLEANUP_CLOSE int spare = dup(STDIN_FILENO);
        if (spare < 0)
            return error_errno(err, errno, "cannot look up the terminal's type");
    }
    if (!term.screen)
        return error_set(err, ERR_USAGE,
                         "set TERM to one that is installed, for instance xterm or vt100",
                         "no terminal of the type '%.40s' is known here", name);
    if (!capability("cup") || !capability("clear"))
        return error_set(err, ERR_USAGE, "use -b, or another TERM",
                         "a terminal of the type '%.40s' cannot move its cursor", name);
    return output_catch(err);
}

static void set_up_curses(const struct term_options *options)
{
    typeahead(-1); /* the loop looks for keys itself, and between frames */
    /* The loop reads signals from a descriptor; ncurses' own handlers would draw inside one. */
    static const int LOOPED[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    for (size_t i = 0; i < ARRAY_SIZE(LOOPED); i++)
        signal(LOOPED[i], SIG_DFL);
    noecho();
    nonl();
    curs_set(0);
    leaveok(stdscr, TRUE);
    set_escdelay(options->escdelay_ms);
    key_input_open(capability("kmous") != NULL);
    if (!options->no_colour && has_colors()) {
        start_color();
        use_default_colors();
    }
}

/* Raw modes, paste in brackets, the mouse. */
static void take(void)
{
    set_modes();
    restore_arm();
    if (term.paste)
        output_add(MODE_PASTE_ON, strlen(MODE_PASTE_ON));
    if (term.mouse)
        output_add(MODE_MOUSE_ON, strlen(MODE_MOUSE_ON));
}

/* After give_back(): what ncurses believes to be set it sends only when it changes.  It would also
 * set the palette to the terminal's own (OSC 104) if it knew that the screen was not ours. */
static void take_again(void)
{
    char enter[256];

    output_add(enter, capability_add(enter, 0, sizeof(enter), capability("smcup")));
    key_input_again();
    curs_set(1);
    curs_set(0);
    take();
    term_resized();
    term_redraw_all();
}

/* An answer that is still on its way must not become the shell's input. */
static void await_answer(void)
{
    int64_t end = clock_mono_ns() + (output_is_proven() ? RESTORE_MS : STRANGER_MS) * NS_PER_MS;

    while (output_awaits_answer()) {
        int64_t left = (end - clock_mono_ns()) / NS_PER_MS;
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        if (left <= 0 || poll(&in, 1, (int)left) <= 0 || key_read().kind == KEY_HANGUP)
            break;
    }
    output_forget_answer();
}

/* As it was; what waits to be sent is dropped. */
static void give_back(void)
{
    output_drop();
    await_answer();
    restore_now();
}

/* All that ncurses wants to say about it goes nowhere. */
static void end_curses(void)
{
    struct error ignored = {0};

    if (term.screen) {
        output_catch(&ignored);
        endwin();
        delscreen(term.screen);
        term.screen = NULL;
        canvas_free();
    }
    restore_now();
    output_close();
    alloc_on_failure(NULL);
}

int term_up(const struct term_options *options, struct error *err)
{
    int rc = check_terminal(err);
    FILE *stream = rc < 0 ? NULL : output_open(err);
    if (!stream)
        return -1;
    restore_remember();
    restore_arm();
    restore_on_crash();
    alloc_on_failure(restore_now);
    rc = start_curses(stream, err);
    if (rc < 0) {
        end_curses();
        return rc;
    }
    term_set_ascii(options->ascii);
    term.paste = is_xterm_like();
    term.mouse = !options->no_mouse && capability("kmous");
    output_may_ask(term.paste);
    set_up_curses(options);
    restore_prepare(term.paste);
    term_resized();
    take();
    return 0;
}

void term_down(void)
{
    if (!term.screen)
        return;
    give_back();
    key_input_close();
    end_curses();
}

void term_suspend(void)
{
    give_back();

    sigset_t stop, old;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    /* The whole foreground group stops, as the shell expects of ^Z in a pipeline; an orphaned group
     * does not, and goes on at once. */
    kill(0, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, &old);
    sigprocmask(SIG_SETMASK, &old, NULL);

    /* The stop and its end were both here: no later SIGCONT is to bring the terminal back again. */
    sigset_t cont;
    struct timespec now = {0};
    sigemptyset(&cont);
    sigaddset(&cont, SIGCONT);
    sigtimedwait(&cont, NULL, &now);
    take_again();
}

void term_continued(void)
{
    /* The shell that had the terminal meanwhile left it as it likes it: all is set anew. */
    give_back();
    take_again();
}

void term_resized(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    resizeterm(size.ws_row, size.ws_col);
    canvas_forget();
    restore_prepare(term.paste);
    term_redraw_all();
}

void term_set_mouse(bool on)
{
    on = on && capability("kmous");
    if (on != term.mouse)
        output_add(on ? MODE_MOUSE_ON : MODE_MOUSE_OFF,
                   strlen(on ? MODE_MOUSE_ON : MODE_MOUSE_OFF));
    term.mouse = on;
    key_input_mouse(on);
    restore_prepare(term.paste);
}

void term_set_ascii(bool on)
{
    term.utf8 = !on && locale_is_utf8();
}

bool term_is_utf8(void)
{
    return term.utf8;
}

bool term_has_colour(void)
{
    return term.screen && has_colors() && COLORS >= 8 && COLOR_PAIRS > 1;
}

void term_flush(void)
{
    canvas_hand_on();
    refresh();
    output_frame(clock_mono_ns());
}

void term_redraw_all(void)
{
    clearok(curscr, TRUE);
}

bool term_is_ready(void)
{
    return output_is_clear(clock_mono_ns());
}

int term_poll_fd(void)
{
    return output_poll_fd();
}

int term_timeout_ms(void)
{
    return output_timeout_ms(clock_mono_ns());
}

void term_send(void)
{
    output_send();
}
