#include "ui/term/restore.h"

#include <curses.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <term.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ui/term/capability.h"
#include "ui/term/output.h"

/* Bytes that undo what we set. */
struct undo {
    char bytes[256];
    size_t len;
};

/* One process has one terminal; fatal signal handlers must reach this without an argument. */
static struct {
    struct termios modes;
    bool has_modes;
    volatile sig_atomic_t up;
    struct undo undo[2]; /* one is in use while the other is written */
    volatile sig_atomic_t used;
} term;

static const int FATAL_SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};

void restore_remember(void)
{
    term.has_modes = tcgetattr(STDIN_FILENO, &term.modes) == 0;
}

const struct termios *restore_modes(void)
{
    return term.has_modes ? &term.modes : NULL;
}

void restore_arm(void)
{
    term.up = 1;
}

void restore_now(void)
{
    if (!term.up)
        return;
    term.up = 0;
    const struct undo *undo = &term.undo[term.used];
    /* First the modes: they also start a terminal that ^S stopped. */
    if (term.has_modes)
        tcsetattr(STDIN_FILENO, TCSANOW, &term.modes);
    output_write_now(undo->bytes, undo->len, RESTORE_MS);
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
        restore_now();
        say_crashed();
    }
    /* SA_RESETHAND put the default back: the core and the exit status stay what they would be. */
    raise(number);
}

void restore_on_crash(void)
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

static void add(struct undo *undo, const char *text)
{
    undo->len = capability_add(undo->bytes, undo->len, sizeof(undo->bytes), text);
}

void restore_prepare(bool paste)
{
    int other = !term.used;
    struct undo *undo = &term.undo[other];

    undo->len = 0;
    if (paste)
        add(undo, MODE_PASTE_OFF);
    if (capability("kmous"))
        add(undo, MODE_MOUSE_OFF);
    add(undo, capability("rmir"));
    add(undo, capability("sgr0"));
    add(undo, capability("rmkx"));
    /* Without a screen of our own the shell goes on below what we drew. */
    if (!capability("rmcup")) {
        add(undo, tiparm(capability("cup"), LINES - 1, 0));
        add(undo, capability("el"));
    }
    add(undo, capability("cnorm"));
    add(undo, capability("rmcup"));
    term.used = other;
}
