/* Consoles: each a child of its own that relays bytes.  Part of engine.h's contract: the screen's
 * one thread, never blocks. */
#ifndef VCTOP_ENGINE_CONSOLES_H
#define VCTOP_ENGINE_CONSOLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/engine.h"
#include "model/console.h"
#include "model/screen.h"

/* Asks for a console of a guest, bound to its identity and life; REQUEST is copied.  Returns its
 * number (> 0), or a negative code: ERR_DENIED under --readonly but for CONSOLE_LOG, ERR_GONE,
 * ERR_UNSUPPORTED (a shell in a machine, ...), ERR_BUSY when there are too many, or for a
 * CONSOLE_SCREEN of a machine that hangs or whose daemon has too many calls that do. */
int engine_console_open(struct engine *engine, const struct console_request *request,
                        struct error *err);

/* Why engine_console_open() would refuse a console of that kind: its code, and ERR filled; 0 when
 * it would not. */
int engine_console_check(const struct engine *engine, const struct guest_id *id,
                         enum console_kind kind, struct error *err);

/* What is typed.  Queued within bounds: what does not fit is dropped and counted (a guest that
 * does not read).  A console that has ended swallows everything. */
void engine_console_send(struct engine *engine, uint32_t console, const char *bytes, size_t len);

/* The pane's new size; nothing happens when it is the old one. */
void engine_console_size(struct engine *engine, uint32_t console, int rows, int columns);

/* Releases it and forgets it at once; its process ends by itself or is killed after some seconds.
 */
void engine_console_close(struct engine *engine, uint32_t console);

/* Those that were opened and not closed, ended ones too. */
size_t engine_console_count(const struct engine *engine);
const struct console *engine_console(const struct engine *engine, uint32_t console); /* or NULL */

/* Moves up to MAX bytes of output to DST, in order, raw; returns how many.  Taking gives the guest
 * leave to send as much again: never more than CONSOLE_WINDOW bytes are under way.  What came
 * before the end is still to be had after it. */
size_t engine_console_take(struct engine *engine, uint32_t console, char *dst, size_t max);

/* ---- of a CONSOLE_SCREEN ---- */

/* What is to be seen of it; nothing happens when that is known already. */
void engine_console_view(struct engine *engine, uint32_t console, const struct screen_view *view);

/* The newest that was seen, or NULL: owned by the engine, valid until the next engine_dispatch().
 * Numbers are in range, glyphs are raw. */
const struct screen_picture *engine_console_picture(const struct engine *engine, uint32_t console);

/* Presses keys, injects an NMI, starts virt-viewer: what came of it is the console's why later.
 * ERR_GONE when it is not open, ERR_USAGE when that cannot be pressed. */
int engine_console_press(struct engine *engine, uint32_t console, const struct press *press,
                         struct error *err);

/* Bytes that wait to be taken. */
size_t engine_console_waiting(const struct engine *engine, uint32_t console);

#endif
