#include "model/screen.h"

#include <stdlib.h>
#include <string.h>

#define LEFT_CTRL 29
#define LEFT_SHIFT 42
#define LEFT_ALT 56
#define ENTER 28
#define DELETE 111
#define F1 59
#define F11 87
#define FUNCTIONS 12

bool screen_view_equal(const struct screen_view *a, const struct screen_view *b)
{
    return a->rows == b->rows && a->columns == b->columns && a->zoom == b->zoom && a->x == b->x &&
           a->y == b->y && a->ascii == b->ascii && a->mono == b->mono && a->shown == b->shown;
}

void screen_picture_clear(struct screen_picture *picture)
{
    free(picture->cells);
    free(picture->no_viewer);
    *picture = (struct screen_picture){0};
}

/* A row of keys: what each gives alone and with shift; the first has the number FROM. */
static const struct {
    unsigned from;
    const char *plain, *shifted;
} key_rows[] = {
    {2, "1234567890-=", "!@#$%^&*()_+"},
    {15, "\tqwertyuiop[]", "\tQWERTYUIOP{}"},
    {30, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
    {43, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
    {57, " ", " "},
};

static bool chord_of(char c, struct press_chord *ret)
{
    if (!c)
        return false;
    for (size_t i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++) {
        const char *plain = strchr(key_rows[i].plain, c);
        const char *shifted = strchr(key_rows[i].shifted, c);
        if (plain) {
            *ret =
                (struct press_chord){{key_rows[i].from + (unsigned)(plain - key_rows[i].plain)}, 1};
            return true;
        }
        if (shifted) {
            *ret = (struct press_chord){
                {LEFT_SHIFT, key_rows[i].from + (unsigned)(shifted - key_rows[i].shifted)}, 2};
            return true;
        }
    }
    return false;
}

const char *press_cannot_type(const char *text)
{
    struct press_chord chord;
    size_t i;

    for (i = 0; i < PRESS_TEXT_MAX && text[i]; i++) {
        if (!chord_of(text[i], &chord))
            break;
    }
    return text[i] ? text + i : NULL;
}

static size_t text_chords(const char *text, struct press_chord *chords)
{
    size_t count = 0;

    if (!text || press_cannot_type(text))
        return 0;
    while (text[count]) {
        chord_of(text[count], &chords[count]);
        count++;
    }
    chords[count++] = (struct press_chord){{ENTER}, 1};
    return count;
}

size_t press_chords(const struct press *press, struct press_chord *chords)
{
    unsigned number = (unsigned)press->number;

    switch (press->kind) {
    case PRESS_CTRL_ALT_DEL:
        chords[0] = (struct press_chord){{LEFT_CTRL, LEFT_ALT, DELETE}, 3};
        return 1;
    case PRESS_CTRL_ALT_F:
        if (number < 1 || number > FUNCTIONS)
            return 0;
        chords[0] = (struct press_chord){
            {LEFT_CTRL, LEFT_ALT, number <= 10 ? F1 + number - 1 : F11 + number - 11}, 3};
        return 1;
    case PRESS_TEXT:
        return text_chords(press->text, chords);
    default:
        return 0;
    }
}
