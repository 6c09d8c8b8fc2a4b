/* Runs a program in a pty of a pinned size and reads its screen through libvterm: what a person
 * would see, and every byte that made it. */
#ifndef VCTOP_TESTS_SCREEN_DRIVER_H
#define VCTOP_TESTS_SCREEN_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct screen;

/* The path of the program under test: $VCTOP, or build/vctop. */
const char *screen_program(void);

/* Starts screen_program() with ARGS (NULL-terminated, without the program's name) in a terminal of
 * ROWS x COLUMNS.  ENV: "NAME=value" pairs over a clean C.UTF-8, xterm-256color environment, NULL
 * for none. */
struct screen *screen_start(int rows, int columns, const char *const *args, const char *const *env);

/* The same for any program: ARGV[0] is its path. */
struct screen *screen_start_program(int rows, int columns, const char *const *argv,
                                    const char *const *env);

/* What the program and all that it starts have in their environment as VCTOP_TEST. */
const char *screen_tag(const struct screen *screen);

/* The terminal goes away, as when its window is closed.  Nothing can be sent or read any more. */
void screen_hang_up(struct screen *screen);

/* Kills what still runs and frees. */
void screen_free(struct screen *screen);

pid_t screen_pid(const struct screen *screen);

void screen_send(struct screen *screen, const char *keys);
void screen_send_bytes(struct screen *screen, const char *bytes, size_t len);

/* The terminal reads so many bytes a second from now on: SCREEN_FAST, or 0 for one that stopped. */
#define SCREEN_FAST (-1)
void screen_link(struct screen *screen, int bytes_a_second);
/* It does not answer when the program asks whether it is there ("ESC [ 5 n"). */
void screen_deafen(struct screen *screen);
void screen_resize(struct screen *screen, int rows, int columns);

/* Takes the program's output in for MS milliseconds. */
void screen_pump(struct screen *screen, int ms);

/* Pumps until TEXT is on the screen (or, with the second, is not); false after TIMEOUT_MS. */
bool screen_wait(struct screen *screen, const char *text, int timeout_ms);
bool screen_wait_gone(struct screen *screen, const char *text, int timeout_ms);

/* The screen as text, rows ended by newlines, trailing spaces cut.  Valid until the next call. */
const char *screen_text(struct screen *screen);
/* One row, the same way. */
const char *screen_row(struct screen *screen, int row);
/* The code point in a cell; 0 for an empty one and for the second half of a wide character. */
uint32_t screen_cell(struct screen *screen, int row, int column);
/* How a cell looks: what stands in it (UTF-8, " " when empty), its width, colours as 0xRRGGBB, -1
 * the terminal's own. */
struct screen_look {
    char text[32];
    int width;
    long foreground, background;
    bool bold, underline, reverse;
};
void screen_look(struct screen *screen, int row, int column, struct screen_look *ret);
/* The column in ROW of the first cell with CODE at FROM or after it, -1 without one. */
int screen_column(struct screen *screen, int row, int from, uint32_t code);
/* The row that holds TEXT, -1 when none does. */
int screen_find(struct screen *screen, const char *text);

/* All bytes written to the terminal so far, and those of them that a program of good manners does
 * not send: other control characters than it needs, C1, OSC, DCS and the like. */
size_t screen_bytes(const struct screen *screen);
size_t screen_asked(const struct screen *screen); /* whether it was there */
size_t screen_foreign_bytes(const struct screen *screen);

/* The program set a colour; it asked for reports of the mouse, and still wants them. */
bool screen_coloured(const struct screen *screen);
bool screen_wants_mouse(const struct screen *screen);

/* The terminal's modes are as they were before the program started, main screen, cursor shown,
 * mouse and bracketed paste off. */
bool screen_restored(const struct screen *screen);

/* Waits for the end, at most TIMEOUT_MS: the exit status, 128 + n for a signal, -1 when it still
 * runs. */
int screen_exit(struct screen *screen, int timeout_ms);
/* Ended by a signal itself, so that its parent knows and a core is kept, and did not only say so.
 */
bool screen_was_killed(const struct screen *screen);

/* Stops and starts the terminal's output, as ^S and ^Q do where they are not raw keys. */
void screen_stop(struct screen *screen, bool stop);

/* Compares the screen with tests/screen/golden/NAME.txt; clock times count as equal.  Says the
 * difference on standard error.  With VCTOP_GOLDEN=write in the environment it writes the file. */
bool screen_is_golden(struct screen *screen, const char *name);
/* The same without a word and without writing: for pictures that come and go. */
bool screen_looks_golden(struct screen *screen, const char *name);
bool screen_golden_is_written(void);
/* Its golden pictures are without the curves of graphs in braille, which grow while one looks. */
void screen_blank_curves(struct screen *screen);
bool screen_curves_are_blank(const struct screen *screen);

/* Moments for tests of response, in milliseconds of a monotonic clock. */
long long screen_now_ms(void);

#endif
