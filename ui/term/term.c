#include "ui/term/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "ui/term/canvas.h"
#include "ui/term/key.h"
#include "ui/term/keycodes.h"
#include "ui/term/output.h"

/* How long a terminal that does not read may hold up the end of the program. */
#define LEAVE_MS 1000
/* How long one that was never heard of is given to answer before it is the shell's. */
#define STRANGER_MS 300

/* What gives the terminal back, ready for a signal handler. */
struct restore {
    char bytes[256];
    size_t len;
};

/* One process has one terminal; fatal signal handlers must reach this without an argument. */
static struct {
    SCREEN *screen;
    struct termios saved;
    bool saved_valid;
    volatile sig_atomic_t up;
    bool utf8;
    bool paste, mouse;
    struct restore restore[2]; /* one is in use while the other is written */
    volatile sig_atomic_t restore_used;
} term;

static const int FATAL_SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};

/* Clicks, in numbers rather than bytes where the terminal knows how. */
static const char MOUSE_ON[] = "\033[?1000h\033[?1006h";
static const char MOUSE_OFF[] = "\033[?1000l\033[?1002l\033[?1003l\033[?1006l";
static const char PASTE_ON[] = "\033[?2004h";
static const char PASTE_OFF[] = "\033[?2004l";

/* Async-signal-safe: the handlers of fatal signals and of memory exhaustion use it. */
static void restore_raw(void)
{
    if (!term.up)
        return;
    term.up = 0;
    const struct restore *restore = &term.restore[term.restore_used];
    /* First the modes: they also start a terminal that ^S stopped. */
    if (term.saved_valid)
        tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
    output_write_now(restore->bytes, restore->len, LEAVE_MS);
}

/* Nor may the last words wait for a terminal that does not read. */
static void say_crashed(void)
{
    static const char WORDS[] = "vctop: crashed; the guests are not touched\n";
    struct stat file;

    if (fstat(STDERR_FILENO, &file) == 0 && !S_ISREG(file.st_mode))
        output_write_now(WORDS, sizeof(WORDS) - 1, 0);
    else if (write(STDERR_FILENO, WORDS, sizeof(WORDS) - 1) < 0)
        return;
}

static void on_fatal(int number)
{
    if (term.up) {
        restore_raw();
        say_crashed();
    }
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

/* Without the padding ("$<2>") that some descriptions hold for the sake of old hardware. */
static void add_restore(struct restore *restore, const char *text)
{
    if (!text || text == (const char *)-1)
        return;
    while (*text && restore->len < sizeof(restore->bytes)) {
        const char *end = strncmp(text, "$<", 2) == 0 ? strchr(text, '>') : NULL;
        if (end)
            text = end + 1;
        else
            restore->bytes[restore->len++] = *text++;
    }
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

/* For the size that the terminal has now. */
static void prepare_restore(void)
{
    int other = !term.restore_used;
    struct restore *restore = &term.restore[other];

    restore->len = 0;
    if (term.paste)
        add_restore(restore, PASTE_OFF);
    if (capability("kmous"))
        add_restore(restore, MOUSE_OFF);
    add_restore(restore, capability("rmir"));
    add_restore(restore, capability("sgr0"));
    add_restore(restore, capability("rmkx"));
    /* Without a screen of our own the shell goes on below what we drew. */
    if (!capability("rmcup")) {
        const char *below = tiparm(capability("cup"), LINES - 1, 0);
        add_restore(restore, below);
        add_restore(restore, capability("el"));
    }
    add_restore(restore, capability("cnorm"));
    add_restore(restore, capability("rmcup"));
    term.restore_used = other;
}

/* ncurses is told of no terminal that could have modes. */
static void set_modes(void)
{
    struct termios modes = term.saved;

    if (!term.saved_valid)
        return;
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
        /* It says the same of a description that it cannot open for want of descriptors. */
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
    term.up = 1;
    if (term.paste)
        output_add(PASTE_ON, sizeof PASTE_ON - 1);
    if (term.mouse)
        output_add(MOUSE_ON, sizeof MOUSE_ON - 1);
}

/* After give_back(): what ncurses believes to be set it sends only when it changes.  It would also
 * set the palette to the terminal's own (OSC 104) if it knew that the screen was not ours. */
static void take_again(void)
{
    struct restore enter = {.len = 0};

    add_restore(&enter, capability("smcup"));
    output_add(enter.bytes, enter.len);
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
    int64_t end = clock_mono_ns() + (output_is_proven() ? LEAVE_MS : STRANGER_MS) * NS_PER_MS;

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
    restore_raw();
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
    restore_raw();
    output_close();
    alloc_on_failure(NULL);
}

int term_up(const struct term_options *options, struct error *err)
{
    int rc = check_terminal(err);
    FILE *stream = rc < 0 ? NULL : output_open(err);
    if (!stream)
        return -1;
    term.saved_valid = tcgetattr(STDIN_FILENO, &term.saved) == 0;
    term.up = 1;
    catch_fatal();
    alloc_on_failure(restore_raw);
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
    prepare_restore();
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
    prepare_restore();
    term_redraw_all();
}

void term_set_mouse(bool on)
{
    on = on && capability("kmous");
    if (on != term.mouse)
        output_add(on ? MOUSE_ON : MOUSE_OFF, strlen(on ? MOUSE_ON : MOUSE_OFF));
    term.mouse = on;
    key_input_mouse(on);
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
