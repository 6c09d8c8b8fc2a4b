#include "backend/sim/shell.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/sim/control.h"
#include "base/alloc.h"
#include "base/cleanup.h"

static void emit(struct sim_console *self, const char *bytes, size_t len)
{
    self->out = xrealloc(self->out, self->out_len + len, 1);
    memcpy(self->out + self->out_len, bytes, len);
    self->out_len += len;
}

void sim_shell_say(struct sim_console *self, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    int len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    emit(self, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

void sim_shell_end(struct sim_console *self, int exit_status, const char *why, const char *remedy)
{
    self->relay.exit_status = exit_status;
    self->ended = true;
    error_set(&self->end, ERR_GONE, remedy, "%s", why);
}

static void cmd_help(struct sim_console *self, const char *arg)
{
    (void)arg;
    sim_shell_say(self, "colors crash exit flood help hostile poweroff screen size wide\r\n");
}

static void cmd_flood(struct sim_console *self, const char *arg)
{
    (void)arg;
    self->mode = MODE_FLOOD;
}

static void cmd_colors(struct sim_console *self, const char *arg)
{
    (void)arg;
    for (int i = 0; i < 16; i++)
        sim_shell_say(self, "\033[%dm%3d ", i < 8 ? 30 + i : 82 + i, i);
    sim_shell_say(self, "\033[m\r\n");
    for (int i = 16; i < 52; i++)
        sim_shell_say(self, "\033[48;5;%dm  ", i);
    sim_shell_say(self, "\033[m\r\n");
    for (int i = 0; i < 64; i++)
        sim_shell_say(self, "\033[48;2;%d;%d;128m ", i * 4, 255 - i * 4);
    sim_shell_say(
        self, "\033[m\r\n\033[1mbold\033[m \033[3mitalic\033[m \033[4munder\033[m \033[7mreverse"
              "\033[m \033(0lqqk\033(B\r\n");
}

static void cmd_wide(struct sim_console *self, const char *arg)
{
    (void)arg;
    sim_shell_say(self, "日本語 한국어 ｆｕｌｌ 😀 é e\u0301 ─│┌┐└┘\r\n");
}

static void cmd_size(struct sim_console *self, const char *arg)
{
    (void)arg;
    if (self->relay.ops->resize)
        sim_shell_say(self, "%d rows %d columns\r\n", self->rows, self->columns);
    else
        sim_shell_say(self, "a serial line has no size\r\n");
}

static void cmd_exit(struct sim_console *self, const char *arg)
{
    sim_shell_end(self, (int)(strtol(arg, NULL, 10) & 255), "the shell ended", "open it again");
}

static void cmd_crash(struct sim_console *self, const char *arg)
{
    (void)self;
    (void)arg;
    _exit(9); /* the process of this console, not the guest */
}

static void cmd_poweroff(struct sim_console *self, const char *arg)
{
    (void)arg;
    if (self->control >= 0)
        sim_control_send(self->control, "force-off", &self->guest);
    self->next_ns = 0;
}

void sim_shell_say_hostile(struct sim_console *self)
{
    static const char bytes[] =
        "\033]0;pwned\a\033]2;pwned\033\\\033]52;c;cHduZWQ=\a\033P$q\"p\033\\\033[c\033[>c\033[6n"
        "\033[21t\005\033]10;?\a\033[?1000h\033[?1003h\033[?1006h\033[?2004h\033[5i\033[4i"
        "\302\2332Jsafe\033[?1000l\033[?1003l\033[?1006l\033[?2004l\r\n";

    emit(self, bytes, sizeof(bytes) - 1);
}

static void cmd_hostile(struct sim_console *self, const char *arg)
{
    (void)arg;
    sim_shell_say_hostile(self);
}

void sim_shell_draw_screen(struct sim_console *self)
{
    sim_shell_say(self, "\033[H\033[2J\033[7m top line of %dx%d\033[K\033[m", self->columns,
                  self->rows);
    sim_shell_say(self, "\033[%d;1H\033[44m bottom line, q quits\033[K\033[m\033[2;1H", self->rows);
}

static void cmd_screen(struct sim_console *self, const char *arg)
{
    (void)arg;
    self->mode = MODE_SCREEN;
    sim_shell_say(self, "\033[?1049h");
    sim_shell_draw_screen(self);
}

static const struct {
    const char *name;
    void (*run)(struct sim_console *self, const char *arg);
} commands[] = {{"colors", cmd_colors},     {"crash", cmd_crash},   {"exit", cmd_exit},
                {"flood", cmd_flood},       {"help", cmd_help},     {"hostile", cmd_hostile},
                {"poweroff", cmd_poweroff}, {"screen", cmd_screen}, {"size", cmd_size},
                {"wide", cmd_wide}};

void sim_shell_run(struct sim_console *self)
{
    char *arg = self->line;
    const char *word;

    self->line[self->line_len] = '\0';
    self->line_len = 0;
    word = strsep(&arg, " ");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (strcmp(commands[i].name, word) == 0) {
            commands[i].run(self, arg ? arg : "");
            return;
        }
    }
    if (strcmp(word, "echo") == 0)
        sim_shell_say(self, "%s\r\n", arg ? arg : "");
    else if (*word)
        sim_shell_say(self, "%s: not found, try help\r\n", word);
}

static void leave_mode(struct sim_console *self, const char *bytes)
{
    self->mode = MODE_SHELL;
    self->line_len = 0;
    /* A terminal throws away what was not yet sent when it is interrupted. */
    self->out_len = 0;
    sim_shell_say(self, "%s%s", bytes, self->prompt);
}

void sim_shell_type(struct sim_console *self, unsigned char c)
{
    if (self->mode == MODE_FLOOD) {
        if (c == 3)
            leave_mode(self, "^C\r\n");
    } else if (self->mode == MODE_SCREEN) {
        if (c == 'q' || c == 3)
            leave_mode(self, "\033[?1049l");
    } else if (self->mode != MODE_SHELL) {
        return;
    } else if (c == 3) {
        leave_mode(self, "^C\r\n");
    } else if (c == 4 && self->line_len == 0) {
        cmd_exit(self, "0");
    } else if (c == '\r' || c == '\n') {
        sim_shell_say(self, "\r\n");
        sim_shell_run(self);
        if (self->mode == MODE_SHELL && !self->ended)
            sim_shell_say(self, "%s", self->prompt);
    } else if ((c == 8 || c == 127) && self->line_len > 0) {
        self->line_len--;
        sim_shell_say(self, "\b \b");
    } else if (c >= ' ' && c != 127 && self->line_len < LINE_MAX_BYTES) {
        self->line[self->line_len++] = (char)c;
        emit(self, (const char *)&c, 1);
    }
}
