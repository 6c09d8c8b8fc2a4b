#include "ui/emulator/emulator.h"

#include <stdio.h>
#include <string.h>
#include <vterm.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "ui/emulator/scrollback.h"
#include "ui/emulator/vterm_cell.h"

struct emulator {
    VTerm *vterm;
    VTermScreen *screen;
    struct filter filter;
    int rows, columns;
    struct scrollback scrollback;
    struct cell *row; /* EMULATOR_SIZE_MAX: of the line on its way */
    VTermPos cursor;
    bool cursor_hidden, alternate;
    bool typing; /* what libvterm says is a key's bytes, not an answer */
    char answers[EMULATOR_ANSWERS_MAX];
    size_t answers_len;
    char keys[16];
    size_t keys_len;
};

static void *take_memory(size_t size, void *user)
{
    (void)user;
    return xcalloc(1, size);
}

static void give_memory(void *memory, void *user)
{
    (void)user;
    free(memory);
}

/* ---- what libvterm tells ---- */

static int on_move(VTermPos position, VTermPos before, int visible, void *user)
{
    struct emulator *emulator = user;

    (void)before;
    (void)visible;
    emulator->cursor = position;
    return 1;
}

/* Titles, icons and the mouse are nobody's business. */
static int on_property(VTermProp property, VTermValue *value, void *user)
{
    struct emulator *emulator = user;

    if (property == VTERM_PROP_CURSORVISIBLE)
        emulator->cursor_hidden = !value->boolean;
    else if (property == VTERM_PROP_ALTSCREEN)
        emulator->alternate = value->boolean;
    return 1;
}

static int on_push(int columns, const VTermScreenCell *cells, void *user)
{
    struct emulator *emulator = user;
    size_t count = columns < EMULATOR_SIZE_MAX ? (size_t)columns : EMULATOR_SIZE_MAX;

    for (size_t i = 0; i < count; i++)
        cell_from_vterm(&emulator->row[i], &cells[i]);
    cells_sanitise(emulator->row, count);
    scrollback_push(&emulator->scrollback, emulator->row, count);
    return 1;
}

/* The screen has grown: what had left it comes back. */
static int on_pop(int columns, VTermScreenCell *cells, void *user)
{
    struct emulator *emulator = user;
    size_t count = columns < EMULATOR_SIZE_MAX ? (size_t)columns : EMULATOR_SIZE_MAX;

    if (!scrollback_pop(&emulator->scrollback, emulator->row, count))
        return 0;
    for (int i = 0; i < columns; i++) {
        struct cell blank = {.width = 1, .foreground = COLOUR_OWN, .background = COLOUR_OWN};
        cell_to_vterm(vterm_obtain_state(emulator->vterm),
                      (size_t)i < count ? &emulator->row[i] : &blank, &cells[i]);
    }
    return 1;
}

static const VTermScreenCallbacks callbacks = {
    .movecursor = on_move,
    .settermprop = on_property,
    .sb_pushline = on_push,
    .sb_popline = on_pop,
};

static bool is_one_of(char c, const char *all)
{
    return c && strchr(all, c);
}

/* "ESC [", numbers, and the letter of an answer that we know: status and cursor (n, R), what kind
 * of terminal (c), whether a mode is set (y).  Others hold what the guest has sent. */
static bool is_set_form(const char *bytes, size_t len)
{
    if (len < 3 || bytes[0] != '\033' || bytes[1] != '[' || !is_one_of(bytes[len - 1], "nRcy"))
        return false;
    for (size_t i = 2; i + 1 < len; i++)
        if (!is_one_of(bytes[i], "0123456789;?>$"))
            return false;
    return true;
}

static void on_output(const char *bytes, size_t len, void *user)
{
    struct emulator *emulator = user;

    if (emulator->typing) {
        if (len <= sizeof(emulator->keys) - emulator->keys_len) {
            memcpy(emulator->keys + emulator->keys_len, bytes, len);
            emulator->keys_len += len;
        }
    } else if (is_set_form(bytes, len) && len <= EMULATOR_ANSWERS_MAX - emulator->answers_len) {
        memcpy(emulator->answers + emulator->answers_len, bytes, len);
        emulator->answers_len += len;
    }
}

/* ---- the whole ---- */

static int bounded(int size)
{
    return size < EMULATOR_SIZE_MIN   ? EMULATOR_SIZE_MIN
           : size > EMULATOR_SIZE_MAX ? EMULATOR_SIZE_MAX
                                      : size;
}

struct emulator *emulator_new(int rows, int columns, size_t scrollback, size_t bytes)
{
    static VTermAllocatorFunctions memory = {.malloc = take_memory, .free = give_memory};
    struct emulator *emulator = xcalloc(1, sizeof(*emulator));

    emulator->rows = bounded(rows);
    emulator->columns = bounded(columns);
    emulator->row = xcalloc(EMULATOR_SIZE_MAX, sizeof(*emulator->row));
    scrollback_init(&emulator->scrollback, scrollback, bytes);
    emulator->vterm = vterm_new_with_allocator(emulator->rows, emulator->columns, &memory, NULL);
    vterm_set_utf8(emulator->vterm, 1);
    vterm_output_set_callback(emulator->vterm, on_output, emulator);
    emulator->screen = vterm_obtain_screen(emulator->vterm);
    vterm_screen_set_callbacks(emulator->screen, &callbacks, emulator);
    vterm_screen_enable_altscreen(emulator->screen, 1);
    vterm_screen_set_damage_merge(emulator->screen, VTERM_DAMAGE_SCREEN);
    vterm_screen_reset(emulator->screen, 1);
    return emulator;
}

void emulator_free(struct emulator *emulator)
{
    if (!emulator)
        return;
    vterm_free(emulator->vterm);
    scrollback_clear(&emulator->scrollback);
    free(emulator->row);
    free(emulator);
}

static int within(int value, int count)
{
    return value < 0 ? 0 : value < count ? value : count - 1;
}

/* Shrunk, libvterm 0.1.4 leaves its scroll region as it was, and may leave its cursor above its
 * screen: it writes outside of its memory when something scrolls or is inserted there.  Other
 * terminals have no region after a change of size. */
static void settle(struct emulator *emulator)
{
    VTermPos position;
    char bytes[64];

    vterm_state_get_cursorpos(vterm_obtain_state(emulator->vterm), &position);
    int len = snprintf(bytes, sizeof(bytes), "\033[?69l\033[r\033[%d;%dH",
                       within(position.row, emulator->rows) + 1,
                       within(position.col, emulator->columns) + 1);
    vterm_input_write(emulator->vterm, bytes, (size_t)len);
}

void emulator_resize(struct emulator *emulator, int rows, int columns)
{
    rows = bounded(rows);
    columns = bounded(columns);
    if (rows == emulator->rows && columns == emulator->columns)
        return;
    emulator->rows = rows;
    emulator->columns = columns;
    vterm_set_size(emulator->vterm, rows, columns);
    settle(emulator);
    vterm_screen_flush_damage(emulator->screen);
}

int emulator_rows(const struct emulator *emulator)
{
    return emulator->rows;
}

int emulator_columns(const struct emulator *emulator)
{
    return emulator->columns;
}

size_t emulator_feed(struct emulator *emulator, const char *bytes, size_t len)
{
    char left[FILTER_ROOM(EMULATOR_FEED_MAX)];

    if (len > EMULATOR_FEED_MAX)
        len = EMULATOR_FEED_MAX;
    vterm_input_write(emulator->vterm, left,
                      filter_take(&emulator->filter, bytes, len, FILTER_TERMINAL, left));
    vterm_screen_flush_damage(emulator->screen);
    return len;
}

void emulator_reset_modes(struct emulator *emulator)
{
    /* CAN ends a sequence that was begun; then the main screen, a soft reset, and the modes that
     * one leaves alone. */
    static const char bytes[] = "\030\033[?1049l\033[!p\033[?1l\033[?1000l\033[?1002l\033[?1003l"
                                "\033[?2004l\033[?25h\033[m\033(B\017";

    emulator->filter = (struct filter){0};
    emulator_feed(emulator, bytes, sizeof(bytes) - 1);
    emulator->answers_len = 0;
}

size_t emulator_take_answers(struct emulator *emulator, char dst[EMULATOR_ANSWERS_MAX])
{
    size_t len = emulator->answers_len;

    memcpy(dst, emulator->answers, len);
    emulator->answers_len = 0;
    return len;
}

static size_t take_keys(struct emulator *emulator, char dst[16])
{
    size_t len = emulator->keys_len;

    memcpy(dst, emulator->keys, len);
    emulator->keys_len = 0;
    emulator->typing = false;
    return len;
}

size_t emulator_key_bytes(struct emulator *emulator, enum emulator_key key, char dst[16])
{
    static const VTermKey keys[] = {
        [EMULATOR_UP] = VTERM_KEY_UP,     [EMULATOR_DOWN] = VTERM_KEY_DOWN,
        [EMULATOR_LEFT] = VTERM_KEY_LEFT, [EMULATOR_RIGHT] = VTERM_KEY_RIGHT,
        [EMULATOR_HOME] = VTERM_KEY_HOME, [EMULATOR_END] = VTERM_KEY_END,
    };

    emulator->typing = true;
    vterm_keyboard_key(emulator->vterm,
                       key < EMULATOR_F1
                           ? keys[key]
                           : (VTermKey)(VTERM_KEY_FUNCTION(1) + (int)(key - EMULATOR_F1)),
                       VTERM_MOD_NONE);
    return take_keys(emulator, dst);
}

size_t emulator_paste_mark(struct emulator *emulator, bool end, char dst[16])
{
    emulator->typing = true;
    if (end)
        vterm_keyboard_end_paste(emulator->vterm);
    else
        vterm_keyboard_start_paste(emulator->vterm);
    return take_keys(emulator, dst);
}

/* ---- what is seen ---- */

long emulator_lines(const struct emulator *emulator)
{
    return (long)emulator->scrollback.count + emulator->rows;
}

uint64_t emulator_dropped(const struct emulator *emulator)
{
    return emulator->scrollback.dropped;
}

void emulator_line(const struct emulator *emulator, long index, struct cell *cells, size_t count)
{
    long row = index - (long)emulator->scrollback.count;

    if (row < 0 && index >= 0) {
        scrollback_get(&emulator->scrollback, (size_t)index, cells, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        VTermPos position = {.row = (int)row, .col = (int)i};
        VTermScreenCell from;

        cells[i] = (struct cell){.width = 1, .foreground = COLOUR_OWN, .background = COLOUR_OWN};
        if (row < emulator->rows && i < (size_t)emulator->columns &&
            vterm_screen_get_cell(emulator->screen, position, &from))
            cell_from_vterm(&cells[i], &from);
    }
    cells_sanitise(cells, count);
}

size_t emulator_line_text(const struct emulator *emulator, long index, char *dst, size_t size)
{
    if (index < 0 || index >= emulator_lines(emulator)) {
        dst[0] = '\0';
        return 0;
    }
    if (index < (long)emulator->scrollback.count)
        return scrollback_text(&emulator->scrollback, (size_t)index, dst, size);
    emulator_line(emulator, index, emulator->row, (size_t)emulator->columns);
    return cell_text(emulator->row, (size_t)emulator->columns, dst, size);
}

bool emulator_cursor(const struct emulator *emulator, int *ret_row, int *ret_column)
{
    *ret_row = emulator->cursor.row;
    *ret_column = emulator->cursor.col;
    return !emulator->cursor_hidden && emulator->cursor.row < emulator->rows &&
           emulator->cursor.col < emulator->columns;
}

struct cell emulator_pen(const struct emulator *emulator)
{
    return cell_of_pen(vterm_obtain_state(emulator->vterm));
}

struct filter emulator_begun(const struct emulator *emulator)
{
    return emulator->filter;
}

bool emulator_is_alternate(const struct emulator *emulator)
{
    return emulator->alternate;
}

size_t emulator_scrollback_bytes(const struct emulator *emulator)
{
    return emulator->scrollback.bytes;
}
