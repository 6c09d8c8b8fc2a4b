/* The simulated machines' screens: a VGA's text, or a picture of coloured bars behind Ctrl-Alt-F2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/relay.h"
#include "backend/sim/sim.h"
#include "base/alloc.h"
#include "base/vga_font.h"

#define COLUMNS 80
#define ROWS 25
#define CELL_WIDTH 9
#define WIDTH ((size_t)COLUMNS * CELL_WIDTH)
#define HEIGHT ((size_t)ROWS * VGA_FONT_HEIGHT)
#define GREY 0xaa
#define BARS 8

struct sim_screen {
    struct relay relay;
    char text[ROWS][COLUMNS + 1];
    int row;   /* of the cursor: the next line that is written */
    bool bars; /* the picture is seen */
};

static void scroll(struct sim_screen *self)
{
    memmove(self->text[0], self->text[1], sizeof(self->text) - sizeof(self->text[0]));
    memset(self->text[ROWS - 1], 0, sizeof(self->text[0]));
    self->row--;
}

static void say(struct sim_screen *self, const char *line)
{
    if (self->row == ROWS)
        scroll(self);
    snprintf(self->text[self->row++], sizeof(self->text[0]), "%s", line);
}

static void put_glyph(unsigned char *rgb, size_t row, size_t column, unsigned char c)
{
    for (size_t y = 0; y < VGA_FONT_HEIGHT; y++) {
        unsigned char *at = rgb + 3 * ((row * VGA_FONT_HEIGHT + y) * WIDTH + column * CELL_WIDTH);
        for (size_t x = 0; x < 8; x++)
            memset(at + 3 * x, vga_font[c][y] & (0x80 >> x) ? GREY : 0, 3);
    }
}

static void draw_text(const struct sim_screen *self, unsigned char *rgb)
{
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < COLUMNS && self->text[row][i]; i++)
            put_glyph(rgb, row, i, (unsigned char)self->text[row][i]);
}

static void draw_bars(unsigned char *rgb)
{
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = 0; x < WIDTH; x++) {
            size_t bar = x * BARS / WIDTH;
            unsigned char *at = rgb + 3 * (y * WIDTH + x),
                          light = (unsigned char)(y * 255 / HEIGHT);
            at[0] = bar & 1 ? light : 0;
            at[1] = bar & 2 ? light : 0;
            at[2] = bar & 4 ? light : 0;
        }
    }
}

static int shoot(struct relay *relay, unsigned char **ret, size_t *ret_len, struct error *err)
{
    const struct sim_screen *self = (const struct sim_screen *)relay;
    unsigned char *file = xcalloc(1, 32 + 3 * WIDTH * HEIGHT);
    int head = snprintf((char *)file, 32, "P6\n%zu %zu\n255\n", WIDTH, HEIGHT);

    (void)err;
    if (self->bars)
        draw_bars(file + head);
    else
        draw_text(self, file + head);
    *ret = file;
    *ret_len = (size_t)head + 3 * WIDTH * HEIGHT;
    return 0;
}

static int press(struct relay *relay, const struct press *press, struct error *err)
{
    struct sim_screen *self = (struct sim_screen *)relay;
    char line[COLUMNS + 1];

    (void)err;
    switch (press->kind) {
    case PRESS_CTRL_ALT_DEL:
        say(self, "reboot: Restarting system");
        break;
    case PRESS_CTRL_ALT_F:
        self->bars = press->number == 2;
        break;
    case PRESS_TEXT:
        snprintf(line, sizeof(line), "login: %s", press->text ? press->text : "");
        say(self, line);
        break;
    default:
        say(self, "Uhhuh. NMI received for unknown reason 30 on CPU 0.");
        break;
    }
    return 0;
}

static void close_screen(struct relay *relay)
{
    free(relay);
}

static const struct relay_ops screen_ops = {.shoot = shoot, .press = press, .close = close_screen};

struct relay *sim_screen(const struct sim_guest *guest)
{
    struct sim_screen *self = xcalloc(1, sizeof(*self));
    char line[COLUMNS + 1];

    relay_init(&self->relay, &screen_ops);
    say(self, "Simulated BIOS (build: made up)");
    say(self, "");
    say(self, "Booting from Hard Disk...");
    for (int i = 1; i < 12; i++) {
        snprintf(line, sizeof(line), "[    %d.%06d] the simulation starts unit %d of 11", i,
                 i * 12345, i);
        say(self, line);
    }
    say(self, "");
    snprintf(line, sizeof(line), "%.40s login:", guest->name);
    say(self, line);
    return &self->relay;
}
