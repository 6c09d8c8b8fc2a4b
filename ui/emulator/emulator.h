/* A guest's terminal: bytes in, cells out.  libvterm is the one that understands the bytes; nothing
 * of them goes any further.  What a guest sends for the outer terminal (titles, clipboard, reports
 * of the mouse) ends here.  Knows neither a guest nor the terminal that it will be drawn on. */
#ifndef VCTOP_UI_EMULATOR_EMULATOR_H
#define VCTOP_UI_EMULATOR_EMULATOR_H

#include "ui/emulator/cell.h"
#include "ui/emulator/filter.h"

/* libvterm dies of a wide character on a screen of one column. */
#define EMULATOR_SIZE_MIN 2
#define EMULATOR_SIZE_MAX 1000
/* At most so much is fed at once: 64 KB of `yes` take 0.1 s. */
#define EMULATOR_FEED_MAX ((size_t)4096)
/* Answers to one feeding; a guest that asks more is not answered. */
#define EMULATOR_ANSWERS_MAX ((size_t)256)

struct emulator;

/* Keys whose bytes depend on what mode the guest has set. */
enum emulator_key {
    EMULATOR_UP,
    EMULATOR_DOWN,
    EMULATOR_LEFT,
    EMULATOR_RIGHT,
    EMULATOR_HOME,
    EMULATOR_END,
    EMULATOR_F1 /* EMULATOR_F1 + n - 1, up to F12 */
};

/* Keeps SCROLLBACK lines that left the screen, in at most BYTES. */
struct emulator *emulator_new(int rows, int columns, size_t scrollback, size_t bytes);
void emulator_free(struct emulator *emulator); /* takes NULL */

/* Another size, brought within bounds. */
void emulator_resize(struct emulator *emulator, int rows, int columns);
int emulator_rows(const struct emulator *emulator);
int emulator_columns(const struct emulator *emulator);

/* Feeds at most EMULATOR_FEED_MAX of BYTES; returns how many. */
size_t emulator_feed(struct emulator *emulator, const char *bytes, size_t len);
/* Back to what a terminal is at first, the screen and what was before it kept. */
void emulator_reset_modes(struct emulator *emulator);

/* What the guest asked ("ESC [ 6 n", "ESC [ c") is answered with these bytes, to be sent to it: set
 * forms with numbers in them, nothing that ever came from a guest.  Moves them to DST. */
size_t emulator_take_answers(struct emulator *emulator, char dst[EMULATOR_ANSWERS_MAX]);

/* The bytes of KEY for the guest in its present mode into DST, which has 16; returns how many. */
size_t emulator_key_bytes(struct emulator *emulator, enum emulator_key key, char dst[16]);
/* The mark before (or, END, behind) what is pasted: nothing when the guest did not ask for it. */
size_t emulator_paste_mark(struct emulator *emulator, bool end, char dst[16]);

/* Lines there are, those of the scrollback first; and how many older ones are gone, so that a line
 * can be found again. */
long emulator_lines(const struct emulator *emulator);
uint64_t emulator_dropped(const struct emulator *emulator);
/* Line INDEX into CELLS[0..COUNT): blank where there is none. */
void emulator_line(const struct emulator *emulator, long index, struct cell *cells, size_t count);
size_t emulator_line_text(const struct emulator *emulator, long index, char *dst, size_t size);

/* Where the cursor is on the screen; false when the guest hides it. */
bool emulator_cursor(const struct emulator *emulator, int *ret_row, int *ret_column);
/* How what is written next would look; its characters mean nothing. */
struct cell emulator_pen(const struct emulator *emulator);
/* What of a sequence or character has come, and waits for its rest. */
struct filter emulator_begun(const struct emulator *emulator);
/* A program has taken the whole screen. */
bool emulator_is_alternate(const struct emulator *emulator);
size_t emulator_scrollback_bytes(const struct emulator *emulator);

#endif
