/* The way of the drawn bytes to the terminal.  ncurses is given a sheet of memory instead of the
 * terminal, since it writes without asking whether anybody reads; from there bytes go out as far as
 * the terminal takes them, and the loop never waits for it.
 *
 * A terminal that takes bytes may still be behind: a pty holds some 20 KB, ssh megabytes that no
 * ioctl tells of.  So when more was sent in a while than a slow link carries, the terminal is asked
 * for a sign of life at the end of a frame ("ESC [ 5 n"), and one that is known to answer gets
 * its next frame after the answer. */
#ifndef VCTOP_UI_TERM_OUTPUT_H
#define VCTOP_UI_TERM_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* What the answer looks like. */
#define OUTPUT_ANSWER "\033[0n"

/* Opens a non-blocking way to the terminal of standard output, and the stream for newterm(), which
 * output_close() closes; NULL on failure.  newterm() sees the terminal, and what it is set to; from
 * output_catch() on, before anything is written, the stream is the sheet. */
FILE *output_open(struct error *err);
int output_catch(struct error *err);
void output_close(void);

/* The terminal is of a kind that answers when asked. */
void output_may_ask(bool may);

/* Bytes of ours, behind what ncurses has written so far. */
void output_add(const char *bytes, size_t len);

/* A frame is complete.  Asks for an answer behind it when much was sent of late, and sends. */
void output_frame(int64_t now_ns);

/* Sends as much as the terminal takes. */
void output_send(void);

/* Bytes that the terminal has taken so far. */
uint64_t output_bytes(void);

/* Drops what was not sent. */
void output_drop(void);

/* The answer came.  output_forget_answer(): what was typed is thrown away, and with it perhaps the
 * answer. */
void output_answered(void);
void output_forget_answer(void);
bool output_awaits_answer(void);
bool output_is_proven(void); /* it does answer */

/* The last frame has left and, as far as can be known, was seen: another one may be drawn. */
bool output_is_clear(int64_t now_ns);

/* What to wait for while it is not: a descriptor to be writable, -1 for none; a time, -1 for
 * none. */
int output_poll_fd(void);
int output_timeout_ms(int64_t now_ns);

/* Writes past everything that is waiting, for at most TIMEOUT_MS.  Async-signal-safe. */
void output_write_now(const char *bytes, size_t len, int timeout_ms);

#endif
