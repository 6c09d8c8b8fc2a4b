#include "ui/term/mouse.h"

#define VALUE_MAX 9999
#define MODIFIERS (4 | 8 | 16) /* shift, alt, control */
#define BYTES_BASE 32

/* Of the one mouse. */
static struct {
    enum mouse_form form;
    int values[3]; /* button, column, row */
    int at;
} report;

void mouse_begin(enum mouse_form form)
{
    report.form = form;
    report.at = 0;
    report.values[0] = report.values[1] = report.values[2] = 0;
}

bool mouse_is_begun(void)
{
    return report.form != MOUSE_FORM_NONE;
}

static struct key event(bool pressed)
{
    struct key key = {.kind = KEY_NONE, .x = report.values[1] - 1, .y = report.values[2] - 1};

    if (!pressed || key.x < 0 || key.y < 0)
        return key;
    switch (report.values[0] & ~MODIFIERS) {
    case 0:
        key.code = MOUSE_LEFT;
        break;
    case 64:
        key.code = MOUSE_WHEEL_UP;
        break;
    case 65:
        key.code = MOUSE_WHEEL_DOWN;
        break;
    default:
        return key;
    }
    key.kind = KEY_POINTER;
    return key;
}

static enum mouse_step end(enum mouse_step step)
{
    report.form = MOUSE_FORM_NONE;
    return step;
}

static enum mouse_step feed_byte(uint32_t c, struct key *ret)
{
    if (c < BYTES_BASE)
        return end(MOUSE_NOT);
    /* Columns beyond 95 come as what is no character: such a report is taken for no click. */
    report.values[report.at++] = c < 0x80 ? (int)c - BYTES_BASE : 0;
    if (report.at < 3)
        return MOUSE_MORE;
    *ret = event(true);
    return end(MOUSE_WHOLE);
}

static enum mouse_step feed_sgr(uint32_t c, struct key *ret)
{
    int *value = &report.values[report.at];

    if (c >= '0' && c <= '9') {
        *value = *value * 10 + (int)(c - '0');
        if (*value > VALUE_MAX)
            *value = VALUE_MAX;
        return MOUSE_MORE;
    }
    if (c == ';' && report.at < 2) {
        report.at++;
        return MOUSE_MORE;
    }
    if ((c == 'M' || c == 'm') && report.at == 2) {
        *ret = event(c == 'M');
        return end(MOUSE_WHOLE);
    }
    return end(MOUSE_NOT);
}

enum mouse_step mouse_feed(uint32_t c, struct key *ret)
{
    return report.form == MOUSE_FORM_SGR ? feed_sgr(c, ret) : feed_byte(c, ret);
}
