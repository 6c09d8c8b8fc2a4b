/* Steps that several screen tests take: a vctop on the simulated host, and what its guests table
 * says in one table of 80 columns. */
#ifndef VCTOP_TESTS_SCREEN_STEPS_H
#define VCTOP_TESTS_SCREEN_STEPS_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#include "screen/driver.h"

/* However slow the machine: what takes longer than this does not happen. */
#define PATIENCE_MS 20000

/* Figures that rest from the first tick on, the same on every run. */
#define RESTING "clock=fixed,hold=1"

/* Starts on `--sim=SPEC -d 0.2`, MORE arguments after it (NULL: none), and waits for figures. */
struct screen *steps_start(int rows, int columns, const char *spec, const char *const *more);

/* Types KEYS and waits until TEXT is on the screen, or, with the second, is not; says what is there
 * instead when it does not come. */
void steps_shows(struct screen *screen, const char *keys, const char *text);
void steps_hides(struct screen *screen, const char *keys, const char *text);

/* The row of the cursor, -1 without one, and the name of the guest there, "" without one; the name
 * is valid until the next call. */
int steps_cursor_row(struct screen *screen);
const char *steps_cursor_name(struct screen *screen);
bool steps_cursor_is(struct screen *screen, const char *name, int timeout_ms);
/* Moves the cursor to the guest NAME, each key when the one before has shown, or nothing has come
 * of it for a second (an end of the list): with keys ahead of the screen it would run past.  False,
 * with the screen on standard error, when there is no such row. */
bool steps_choose(struct screen *screen, const char *name);

/* The row of the guest NAME in the table, -1 when it is not shown. */
int steps_row_of(struct screen *screen, const char *name);
/* Pumps until the row of NAME holds TEXT; says what it is instead when it does not come. */
bool steps_row_says(struct screen *screen, const char *name, const char *text, int timeout_ms);

/* Filters by NAME, so that this guest is the selected one. */
void steps_select(struct screen *screen, const char *name);

/* Opens the menu for the selected guest, chooses KEY, waits for the question TITLE and says yes. */
void steps_act(struct screen *screen, const char *key, const char *title);

/* How long the cursor takes to move after its key, the median of several, in milliseconds. */
long long steps_key_ms(struct screen *screen);

/* Quits and checks the manners: status 0, terminal as before, nobody left.  Frees SCREEN. */
void steps_quit(struct screen *screen);

/* Makes a new folder of the test that runs; valid until the next call.  What is in it goes when
 * steps_main() returns, whatever became of the test. */
const char *steps_folder(void);

/* Runs TESTS; what main() returns. */
int steps_main(const char *suite, const TTest *const *tests, size_t count);

#endif
