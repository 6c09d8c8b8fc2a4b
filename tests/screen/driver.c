#include "screen/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "screen/judge.h"

#define LINK_STEP_US 10000

struct screen {
    int master, slave; /* the slave stays open so that its modes can be read at the end */
    pid_t pid;
    int status;
    bool ended;
    int rows, columns;
    VTerm *vt;
    VTermScreen *cells;
    struct termios before;
    size_t bytes;
    int link; /* bytes a second that are read, SCREEN_FAST: all */
    bool deaf;
    long long link_us; /* up to when the link has carried its bytes */
    struct judge judge;
    char *text;
    char tag[64];
    bool curves_blank; /* in golden pictures */
};

long long screen_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

const char *screen_program(void)
{
    const char *path = getenv("VCTOP");
    return path ? path : "build/vctop";
}

/* What the terminal's emulator took for a title of the window. */
static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct screen *screen = user;

    (void)value;
    screen->judge.foreign += property == VTERM_PROP_TITLE || property == VTERM_PROP_ICONNAME;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property};

static _Noreturn void run(const struct screen *screen, const char *const *argv,
                          const char *const *env)
{
    login_tty(screen->slave);
    static const char *const kept[][2] = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
                                          {"HOME", "/"},
                                          {"ASAN_OPTIONS", ""},
                                          {"LSAN_OPTIONS", ""},
                                          {"TSAN_OPTIONS", ""},
                                          {"G_SLICE", ""}};
    char values[ARRAY_SIZE(kept)][4096];
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        const char *value = getenv(kept[i][0]);
        snprintf(values[i], sizeof(values[i]), "%s", value ? value : kept[i][1]);
    }
    clearenv();
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        setenv(kept[i][0], values[i], 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm-256color", 1);
    setenv("TZ", "UTC", 1);
    setenv("VCTOP_TEST", screen->tag, 1);
    for (int i = 0; env && env[i]; i++) {
        char *pair = strdup(env[i]);
        char *equals = strchr(pair, '=');
        if (equals) {
            *equals = '\0';
            setenv(pair, equals + 1, 1);
        } else {
            unsetenv(pair);
        }
        free(pair);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(argv[0], (char *const *)argv);
    fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void make_terminal(struct screen *screen)
{
    screen->vt = vterm_new(screen->rows, screen->columns);
    vterm_set_utf8(screen->vt, 1);
    screen->cells = vterm_obtain_screen(screen->vt);
    vterm_screen_set_callbacks(screen->cells, &callbacks, screen);
    vterm_screen_enable_altscreen(screen->cells, 1);
    vterm_screen_reset(screen->cells, 1);
}

struct screen *screen_start(int rows, int columns, const char *const *args, const char *const *env)
{
    const char *argv[64] = {screen_program()};
    for (int i = 0; args && args[i] && i < 62; i++)
        argv[i + 1] = args[i];
    return screen_start_program(rows, columns, argv, env);
}

struct screen *screen_start_program(int rows, int columns, const char *const *argv,
                                    const char *const *env)
{
    sigset_t all, before;
    static int number;
    struct screen *screen = calloc(1, sizeof *screen);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    if (!screen || openpty(&screen->master, &screen->slave, NULL, NULL, &size) != 0) {
        perror("openpty");
        exit(99);
    }
    screen->rows = rows;
    screen->columns = columns;
    screen->link = SCREEN_FAST;
    tcgetattr(screen->slave, &screen->before);
    fcntl(screen->master, F_SETFD, FD_CLOEXEC);
    fcntl(screen->master, F_SETFL, O_NONBLOCK);
    make_terminal(screen);
    snprintf(screen->tag, sizeof screen->tag, "%ld.%d", (long)getpid(), ++number);
    /* Until it is another program it has the handlers of Check, which pass a signal on to us. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    screen->pid = fork();
    if (screen->pid == 0) {
        for (int signal_number = 1; signal_number < NSIG; signal_number++)
            signal(signal_number, SIG_DFL);
        sigprocmask(SIG_SETMASK, &before, NULL);
        run(screen, argv, env);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (screen->pid < 0) { /* to be killed it would be everybody */
        perror("fork");
        exit(99);
    }
    fcntl(screen->slave, F_SETFD, FD_CLOEXEC);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    if (!screen->ended) {
        kill(screen->pid, SIGKILL);
        waitpid(screen->pid, NULL, 0);
    }
    vterm_free(screen->vt);
    screen_hang_up(screen);
    free(screen->text);
    free(screen);
}

void screen_hang_up(struct screen *screen)
{
    if (screen->master >= 0)
        close(screen->master);
    if (screen->slave >= 0)
        close(screen->slave);
    screen->master = screen->slave = -1;
}

const char *screen_tag(const struct screen *screen)
{
    return screen->tag;
}

pid_t screen_pid(const struct screen *screen)
{
    return screen->pid;
}

void screen_send(struct screen *screen, const char *keys)
{
    screen_send_bytes(screen, keys, strlen(keys));
}

void screen_send_bytes(struct screen *screen, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(screen->master, bytes, len);
        if (done > 0) {
            bytes += done;
            len -= (size_t)done;
        } else if (errno != EAGAIN && errno != EINTR) {
            return;
        } else {
            screen_pump(screen, 5);
        }
    }
}

void screen_link(struct screen *screen, int bytes_a_second)
{
    screen->link = bytes_a_second;
    screen->link_us = screen_now_ms() * 1000;
}

void screen_deafen(struct screen *screen)
{
    screen->deaf = true;
}

void screen_resize(struct screen *screen, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    screen->rows = rows;
    screen->columns = columns;
    if (rows > 0 && columns > 0)
        vterm_set_size(screen->vt, rows, columns);
    ioctl(screen->master, TIOCSWINSZ, &size);
}

/* As terminals do, to whether they are there ("ESC [ 5 n") and to what else was asked. */
static void answer(struct screen *screen)
{
    char text[256];
    size_t len;
    while ((len = vterm_output_read(screen->vt, text, sizeof text)) > 0)
        if (!screen->deaf && write(screen->master, text, len) < 0)
            break;
}

/* How many bytes may be read now. */
static size_t allowance(struct screen *screen, size_t room)
{
    long long now = screen_now_ms() * 1000;
    if (screen->link == SCREEN_FAST)
        return room;
    if (now - screen->link_us > LINK_STEP_US)
        screen->link_us = now - LINK_STEP_US;
    size_t may =
        now > screen->link_us ? (size_t)(screen->link * (now - screen->link_us) / 1000000) : 0;
    return may < room ? may : room;
}

static bool take_in(struct screen *screen, int wait_ms)
{
    struct pollfd in = {.fd = screen->master, .events = POLLIN};
    char bytes[16384];
    size_t may = allowance(screen, sizeof bytes);
    if (may == 0 || poll(&in, 1, wait_ms) <= 0 || !(in.revents & POLLIN))
        return false;
    ssize_t len = read(screen->master, bytes, may);
    if (len <= 0)
        return false;
    if (screen->link > 0)
        screen->link_us += len * 1000000 / screen->link;
    screen->bytes += (size_t)len;
    judge_bytes(&screen->judge, bytes, (size_t)len);
    vterm_input_write(screen->vt, bytes, (size_t)len);
    answer(screen);
    return true;
}

void screen_pump(struct screen *screen, int ms)
{
    long long end = screen_now_ms() + ms;
    for (long long now; (now = screen_now_ms()) < end;)
        if (!take_in(screen, (int)(end - now)))
            break;
    while (take_in(screen, 0))
        ;
    for (long long now; (now = screen_now_ms()) < end;) {
        struct timespec rest = {.tv_nsec = 2000000};
        nanosleep(&rest, NULL);
        while (take_in(screen, 0))
            ;
    }
}

static size_t row_text(struct screen *screen, int row, char *out)
{
    size_t len = 0, used = 0;
    for (int x = 0; x < screen->columns; x++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(screen->cells, (VTermPos){.row = row, .col = x}, &cell);
        if (cell.chars[0] == (uint32_t)-1)
            continue;
        if (cell.chars[0] == 0) {
            out[len++] = ' ';
        } else {
            for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
                len += text_encode(cell.chars[i], out + len);
            if (cell.chars[0] != ' ')
                used = len;
        }
        if (cell.width == 2)
            x++;
    }
    out[used] = '\0';
    return used;
}

const char *screen_text(struct screen *screen)
{
    size_t room = (size_t)screen->rows * ((size_t)screen->columns * 24 + 2) + 1, len = 0;
    free(screen->text);
    screen->text = malloc(room);
    for (int row = 0; row < screen->rows; row++) {
        len += row_text(screen, row, screen->text + len);
        screen->text[len++] = '\n';
    }
    screen->text[len] = '\0';
    return screen->text;
}

const char *screen_row(struct screen *screen, int row)
{
    free(screen->text);
    screen->text = malloc((size_t)screen->columns * 24 + 2);
    row_text(screen, row, screen->text);
    return screen->text;
}

uint32_t screen_cell(struct screen *screen, int row, int column)
{
    VTermScreenCell cell;
    if (row < 0 || row >= screen->rows || column < 0 || column >= screen->columns)
        return 0;
    vterm_screen_get_cell(screen->cells, (VTermPos){.row = row, .col = column}, &cell);
    return cell.chars[0] == (uint32_t)-1 ? 0 : cell.chars[0];
}

static long colour_of(struct screen *screen, VTermColor colour)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(&colour) || VTERM_COLOR_IS_DEFAULT_BG(&colour))
        return -1;
    vterm_state_convert_color_to_rgb(vterm_obtain_state(screen->vt), &colour);
    return (long)colour.rgb.red << 16 | colour.rgb.green << 8 | colour.rgb.blue;
}

void screen_look(struct screen *screen, int row, int column, struct screen_look *ret)
{
    VTermScreenCell cell;
    size_t len = 0;

    vterm_screen_get_cell(screen->cells, (VTermPos){.row = row, .col = column}, &cell);
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
        if (cell.chars[i] != (uint32_t)-1)
            len += text_encode(cell.chars[i], ret->text + len);
    if (!len)
        ret->text[len++] = ' ';
    ret->text[len] = '\0';
    ret->width = cell.width;
    ret->foreground = colour_of(screen, cell.fg);
    ret->background = colour_of(screen, cell.bg);
    ret->bold = cell.attrs.bold;
    ret->underline = cell.attrs.underline;
    ret->reverse = cell.attrs.reverse;
}

int screen_column(struct screen *screen, int row, int from, uint32_t code)
{
    for (int x = from; x < screen->columns; x++)
        if (screen_cell(screen, row, x) == code)
            return x;
    return -1;
}

int screen_find(struct screen *screen, const char *text)
{
    for (int row = 0; row < screen->rows; row++)
        if (strstr(screen_row(screen, row), text))
            return row;
    return -1;
}

static bool wait_until(struct screen *screen, const char *text, int timeout_ms, bool there)
{
    long long end = screen_now_ms() + timeout_ms;
    do {
        screen_pump(screen, 20);
        if ((strstr(screen_text(screen), text) != NULL) == there)
            return true;
    } while (screen_now_ms() < end);
    fprintf(stderr, "waited %d ms for '%s' %s; the screen is:\n%s", timeout_ms, text,
            there ? "to appear" : "to go", screen_text(screen));
    return false;
}

bool screen_wait(struct screen *screen, const char *text, int timeout_ms)
{
    return wait_until(screen, text, timeout_ms, true);
}

bool screen_wait_gone(struct screen *screen, const char *text, int timeout_ms)
{
    return wait_until(screen, text, timeout_ms, false);
}

size_t screen_bytes(const struct screen *screen)
{
    return screen->bytes;
}

size_t screen_asked(const struct screen *screen)
{
    return screen->judge.asked;
}

size_t screen_foreign_bytes(const struct screen *screen)
{
    return screen->judge.foreign;
}

bool screen_coloured(const struct screen *screen)
{
    return screen->judge.coloured;
}

bool screen_wants_mouse(const struct screen *screen)
{
    return screen->judge.mouse;
}

void screen_stop(struct screen *screen, bool stop)
{
    tcflow(screen->slave, stop ? TCOOFF : TCOON);
}

bool screen_was_killed(const struct screen *screen)
{
    return screen->ended && WIFSIGNALED(screen->status);
}

bool screen_restored(const struct screen *screen)
{
    struct termios now;
    if (tcgetattr(screen->slave, &now) != 0)
        return false;
    bool modes = now.c_iflag == screen->before.c_iflag && now.c_oflag == screen->before.c_oflag &&
                 now.c_cflag == screen->before.c_cflag && now.c_lflag == screen->before.c_lflag &&
                 memcmp(now.c_cc, screen->before.c_cc, sizeof now.c_cc) == 0;
    if (!modes)
        fprintf(stderr,
                "the terminal's modes were not restored: lflag %x was %x, oflag %x was %x\n",
                now.c_lflag, screen->before.c_lflag, now.c_oflag, screen->before.c_oflag);
    if (screen->judge.alternate || screen->judge.cursor_hidden || screen->judge.mouse ||
        screen->judge.paste)
        fprintf(stderr, "left on: alternate screen %d, hidden cursor %d, mouse %d, paste %d\n",
                screen->judge.alternate, screen->judge.cursor_hidden, screen->judge.mouse,
                screen->judge.paste);
    return modes && !screen->judge.alternate && !screen->judge.cursor_hidden &&
           !screen->judge.mouse && !screen->judge.paste;
}

int screen_exit(struct screen *screen, int timeout_ms)
{
    long long end = screen_now_ms() + timeout_ms;
    while (!screen->ended) {
        screen_pump(screen, 10);
        if (waitpid(screen->pid, &screen->status, WNOHANG) == screen->pid)
            screen->ended = true;
        else if (screen_now_ms() > end)
            return -1;
    }
    screen_pump(screen, 10);
    return WIFSIGNALED(screen->status) ? 128 + WTERMSIG(screen->status)
                                       : WEXITSTATUS(screen->status);
}

void screen_blank_curves(struct screen *screen)
{
    screen->curves_blank = true;
}

bool screen_curves_are_blank(const struct screen *screen)
{
    return screen->curves_blank;
}
