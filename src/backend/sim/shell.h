/* A simulated guest's console and the small shell that answers in it by itself, so that everything
 * above it can be seen and tested without a guest. */
#ifndef VCTOP_BACKEND_SIM_SHELL_H
#define VCTOP_BACKEND_SIM_SHELL_H

#include "backend/relay.h"
#include "frame/frame.h"

#define LINE_MAX_BYTES 200

enum mode {
    MODE_SHELL,
    MODE_FLOOD,  /* until ^C */
    MODE_SCREEN, /* a program on the alternate screen, until q */
    MODE_SILENT,
    MODE_LOG
};

struct sim_console {
    struct relay relay;
    enum mode mode;
    struct frame_do guest; /* key and life, owned */
    char *prompt;
    int control; /* the simulation's socket; -1: it is not there */
    int rows, columns;
    char line[LINE_MAX_BYTES + 1];
    size_t line_len;
    char *out;
    size_t out_len;
    uint64_t count;  /* lines of a flood or log so far */
    int64_t next_ns; /* when to look at the guest, or to say the next line of a log */
    bool endless;    /* the log grows */
    bool ended;
    struct error end;
};

/* Ends it, for whoever reads it next. */
void sim_shell_end(struct sim_console *self, int exit_status, const char *why, const char *remedy);

/* The guest says something. */
void sim_shell_say(struct sim_console *self, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* One byte is typed. */
void sim_shell_type(struct sim_console *self, unsigned char c);

/* The line that was typed is run. */
void sim_shell_run(struct sim_console *self);

/* What no terminal that shows it may ever pass on. */
void sim_shell_say_hostile(struct sim_console *self);

/* Draws the program on the alternate screen at its present size. */
void sim_shell_draw_screen(struct sim_console *self);

#endif
