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
#include "base/io.h"
#include "ui/term/keycodes.h"

/* One process has one terminal; fatal signal handlers must reach this without an argument. */
static struct {
    SCREEN *screen;
    struct termios saved;
    bool saved_valid;
    volatile sig_atomic_t up;
    bool utf8;
    bool paste, mouse;
    char restore[256]; /* what gives the terminal back, ready for a signal handler */
    size_t restore_len;
} term;

static const int FATAL_SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};

#define MOUSE_EVENTS (BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED)

static const char MOUSE_OFF[] = "\033[?1000l\033[?1002l\033[?1003l\033[?1006l";
static const char PASTE_ON[] = "\033[?2004h";
static const char PASTE_OFF[] = "\033[?2004l";

static void write_all(const char *bytes, size_t len)
{
    while (len > 0) {
        /* A terminal that stopped reading must not keep a dying process alive. */
        struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
        if (poll(&out, 1, 200) <= 0)
            return;
        ssize_t done = write(STDOUT_FILENO, bytes, len);
        if (done <= 0)
            return;
        bytes += done;
        len -= (size_t)done;
    }
}

void term_restore_raw(void)
{
    if (!term.up)
        return;
    term.up = 0;
    write_all(term.restore, term.restore_len);
    if (term.saved_valid)
        tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
}

static void on_fatal(int number)
{
    term_restore_raw();
    /* SA_RESETHAND put the default back: the core and the exit status stay what they would be. */
    raise(number);
}

static void catch_fatal(void)
{
    static char stack[16384];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(FATAL_SIGNALS); i++) {
        struct sigaction old;
        /* A sanitizer's own handler reports better than ours. */
        if (sigaction(FATAL_SIGNALS[i], NULL, &old) == 0 && old.sa_handler != SIG_DFL)
            continue;
        struct sigaction action = {.sa_handler = on_fatal,
                                   .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
        sigemptyset(&action.sa_mask);
        sigaction(FATAL_SIGNALS[i], &action, NULL);
    }
}

static void add_restore(const char *text)
{
    if (!text || text == (const char *)-1)
        return;
    size_t len = strlen(text);
    if (term.restore_len + len > sizeof term.restore)
        return;
    memcpy(term.restore + term.restore_len, text, len);
    term.restore_len += len;
}

static bool name_starts(const char *name, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
            return true;
    return false;
}

static const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text == (const char *)-1 ? NULL : text;
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

static void modes_on(void)
{
    if (term.paste)
        write_all(PASTE_ON, sizeof PASTE_ON - 1);
}

static void modes_off(void)
{
    if (term.paste)
        write_all(PASTE_OFF, sizeof PASTE_OFF - 1);
}

static void prepare_restore(void)
{
    term.restore_len = 0;
    if (term.paste)
        add_restore(PASTE_OFF);
    if (term.mouse)
        add_restore(MOUSE_OFF);
    add_restore(capability("sgr0"));
    add_restore(capability("rmkx"));
    add_restore(capability("cnorm"));
    add_restore(capability("rmcup"));
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

static int start_curses(struct error *err)
{
    const char *name = getenv("TERM");
    if (!name || !*name)
        return error_set(err, ERR_USAGE, "set it, for instance TERM=xterm", "TERM is not set");
    term.screen = newterm(NULL, stdout, stdin);
    if (!term.screen)
        return error_set(err, ERR_USAGE,
                         "set TERM to one that is installed, for instance xterm or vt100",
                         "no terminal of the type '%.40s' is known here", name);
    if (!capability("cup") || !capability("clear")) {
        endwin();
        delscreen(term.screen);
        term.screen = NULL;
        return error_set(err, ERR_USAGE, "use -b, or another TERM",
                         "a terminal of the type '%.40s' cannot move its cursor", name);
    }
    return 0;
}

int term_up(const struct term_options *options, struct error *err)
{
    int rc = check_terminal(err);
    if (rc < 0)
        return rc;
    term.saved_valid = tcgetattr(STDIN_FILENO, &term.saved) == 0;
    rc = start_curses(err);
    if (rc < 0) {
        if (term.saved_valid)
            tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
        return rc;
    }
    /* The loop reads signals from a descriptor; ncurses' own handlers would draw inside one. */
    static const int LOOPED[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    for (size_t i = 0; i < ARRAY_SIZE(LOOPED); i++)
        signal(LOOPED[i], SIG_DFL);
    term_set_ascii(options->ascii);
    term.paste = is_xterm_like();
    raw();
    noecho();
    nonl();
    nodelay(stdscr, TRUE);
    keypad(stdscr, TRUE);
    curs_set(0);
    leaveok(stdscr, TRUE);
    set_escdelay(options->escdelay_ms);
    define_key("\033[200~", KEYCODE_PASTE_BEGIN);
    define_key("\033[201~", KEYCODE_PASTE_END);
    mouseinterval(0);
    if (!options->no_mouse)
        term.mouse = mousemask(MOUSE_EVENTS, NULL) != 0;
    if (!options->no_colour && has_colors()) {
        start_color();
        use_default_colors();
    }
    prepare_restore();
    term.up = 1;
    catch_fatal();
    alloc_on_failure(term_restore_raw);
    modes_on();
    return 0;
}

void term_down(void)
{
    if (!term.screen)
        return;
    modes_off();
    if (term.up) {
        erase();
        endwin();
        term.up = 0;
    }
    if (term.saved_valid)
        tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
    delscreen(term.screen);
    term.screen = NULL;
    alloc_on_failure(NULL);
}

/* The next flush draws all, and sets what endwin() had put back. */
static void take_back(void)
{
    term_resized();
    modes_on();
    term_redraw_all();
}

void term_suspend(void)
{
    modes_off();
    endwin();
    if (term.saved_valid)
        tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);

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
    take_back();
}

void term_continued(void)
{
    /* The shell that had the terminal meanwhile left it as it likes it.  What ncurses believes to
     * be set it sends only when it changes; endwin() would leave the screen and the palette too. */
    mmask_t mouse;
    reset_prog_mode();
    keypad(stdscr, FALSE);
    keypad(stdscr, TRUE);
    curs_set(1);
    curs_set(0);
    mousemask(0, &mouse);
    mousemask(mouse, NULL);
    take_back();
}

void term_resized(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    resizeterm(size.ws_row, size.ws_col);
    term_redraw_all();
}

void term_set_mouse(bool on)
{
    term.mouse = mousemask(on ? MOUSE_EVENTS : 0, NULL) != 0;
    prepare_restore();
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
    refresh();
}

void term_redraw_all(void)
{
    clearok(curscr, TRUE);
}
