/* Pictures of screens: hostile files, text that is read, symbols for the rest. */
// sources: src/picture/picture.c src/picture/ppm.c src/picture/png.c
// sources: src/picture/text.c src/picture/symbols.c
// libraries: CHAFA PNG
#include "picture/picture.h"

#include <check.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/vga_font.h"

#define VIEW(rows, columns) \
    { \
        rows, columns, 1, -1, -1, false, false, true \
    }

static int decode(const void *data, size_t len, struct image *ret)
{
    struct error err = {0};
    int rc = picture_ops.decode(ret, data, len, &err);

    ck_assert_int_eq(rc < 0, err.message[0] != '\0');
    return rc;
}

/* ---- files ---- */

START_TEST(a_ppm_is_read)
{
    static const char file[] = "P6 # made up\n2\t1\n# 3 4\n255\n\1\2\3#\n\6trailing";
    struct image image;

    ck_assert_int_eq(decode(file, sizeof(file) - 1, &image), 0);
    ck_assert_int_eq(image.width, 2);
    ck_assert_int_eq(image.height, 1);
    ck_assert_mem_eq(image.rgb, "\1\2\3#\n\6", 6);
    free(image.rgb);
}
END_TEST

START_TEST(a_hostile_ppm_is_refused)
{
    static const char *const files[] = {
        "",
        "P",
        "P6",
        "P6\n",
        "P6\n1 1\n255",
        "P6\n1 1\n255\n",
        "P6\n1 1\n255\nab",
        "P6\n0 1\n255\nabc",
        "P6\n1 0\n255\nabc",
        "P6\n-1 1\n255\nabc",
        "P6\n1 1\n65535\nabcdef",
        "P6\n1 1\n1\nabc",
        "P6\n4097 1\n255\nabc",
        "P6\n1 4097\n255\nabc",
        "P6\n4096 4096\n255\nabc",
        "P6\n99999999999999999999 1\n255\nabc",
        "P6\n4294967297 4294967297\n255\nabc",
        "P61 1 255\nabc",
        "P3\n1 1\n255\n1 2 3",
        "P6\n1 1\n255abc",
        "P6\n1 1\n255#\nabc",
        "P6 # never ends",
        "GIF89a",
        "\x89PNG\r\n\x1a\n",
    };

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct image image = {0};
        ck_assert_msg(decode(files[i], strlen(files[i]), &image) == ERR_SYNTAX, "%s", files[i]);
        ck_assert_ptr_null(image.rgb);
    }
}
END_TEST

static void *make_png(unsigned width, unsigned height, size_t *ret_len)
{
    png_image png = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
    unsigned char *pixels = xcalloc((size_t)width * height, 3);
    png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(png);
    void *file = xmalloc(len);

    for (size_t i = 0; i < (size_t)width * height * 3; i++)
        pixels[i] = (unsigned char)(i * 7);
    ck_assert(png_image_write_to_memory(&png, file, &len, 0, pixels, 0, NULL));
    free(pixels);
    *ret_len = len;
    return file;
}

START_TEST(a_png_is_read)
{
    size_t len;
    CLEANUP_FREE unsigned char *file = make_png(5, 3, &len);
    struct image image;

    ck_assert_int_eq(decode(file, len, &image), 0);
    ck_assert_int_eq(image.width, 5);
    ck_assert_int_eq(image.height, 3);
    for (size_t i = 0; i < sizeof(unsigned char) * 45; i++)
        ck_assert_uint_eq(image.rgb[i], (unsigned char)(i * 7));
    free(image.rgb);
}
END_TEST

/* Whatever is broken in it: read or refused, and nothing else. */
START_TEST(a_hostile_png_is_survived)
{
    size_t len;
    CLEANUP_FREE unsigned char *file = make_png(40, 30, &len);

    for (size_t cut = 8; cut < len; cut += 13) {
        struct image image = {0};
        decode(file, cut, &image);
        free(image.rgb);
    }
    for (size_t at = 8; at < len; at++) {
        struct image image = {0};
        file[at] ^= 0x55;
        decode(file, len, &image);
        free(image.rgb);
        file[at] ^= 0x55;
    }
}
END_TEST

START_TEST(a_huge_png_is_refused)
{
    size_t len;
    CLEANUP_FREE unsigned char *file = make_png(SCREEN_PIXELS_MAX + 1, 1, &len);
    struct image image = {0};

    ck_assert_int_eq(decode(file, len, &image), ERR_SYNTAX);
    ck_assert_int_eq(decode(file, PICTURE_BYTES_MAX + 1, &image), ERR_SYNTAX);
    ck_assert_ptr_null(image.rgb);
}
END_TEST

/* ---- text ---- */

static struct image image_new(int width, int height)
{
    return (struct image){width, height, xcalloc((size_t)width * (size_t)height, 3)};
}

static void put_pixel(struct image *image, int x, int y, int32_t colour)
{
    unsigned char *at = image->rgb + 3 * ((size_t)y * (size_t)image->width + (size_t)x);

    at[0] = (unsigned char)(colour >> 16);
    at[1] = (unsigned char)(colour >> 8);
    at[2] = (unsigned char)colour;
}

static void fill(struct image *image, int x0, int y0, int width, int height, int32_t colour)
{
    for (int y = y0; y < y0 + height; y++)
        for (int x = x0; x < x0 + width; x++)
            put_pixel(image, x, y, colour);
}

static void put_text(struct image *image, int row, int column, int cell_width, const char *text,
                     int32_t ink, int32_t back)
{
    for (; *text; text++, column++) {
        fill(image, column * cell_width, row * 16, cell_width, 16, back);
        for (int y = 0; y < 16; y++)
            for (int x = 0; x < 8; x++)
                if (vga_font[(unsigned char)*text][y] & (0x80 >> x))
                    put_pixel(image, column * cell_width + x, row * 16 + y, ink);
    }
}

/* Cells as text, ASCII and '?' for what is not. */
static const char *text_of(const struct screen_picture *picture, int row)
{
    static char text[300];
    int i;

    for (i = 0; i < picture->columns; i++) {
        uint32_t glyph = picture->cells[row * picture->columns + i].glyph;
        text[i] = glyph < 0x80 ? (char)glyph : '?';
    }
    while (i > 0 && text[i - 1] == ' ')
        i--;
    text[i] = '\0';
    return text;
}

static struct screen_picture draw(const struct image *image, struct screen_view view)
{
    struct screen_picture ret;

    picture_ops.draw(&ret, image, &view);
    ck_assert_int_le(ret.rows, view.rows);
    ck_assert_int_le(ret.columns, view.columns);
    return ret;
}

START_TEST(a_vga_text_screen_is_read)
{
    struct image image = image_new(720, 400);

    put_text(&image, 0, 0, 9, "Booting from Hard Disk... {|}~", 0xaaaaaa, 0);
    put_text(&image, 1, 2, 9, "red on blue", 0xff0000, 0x0000aa);
    put_text(&image, 2, 0, 9, "\xc9\xcd\xbb \xdb", 0xffffff, 0);
    put_text(&image, 24, 0, 9, "Kernel panic - not syncing: Fatal exception", 0xffffff, 0);
    fill(&image, 9 * 3, 16 * 3 + 14, 8, 2, 0xaaaaaa); /* a cursor */
    struct screen_picture picture = draw(&image, (struct screen_view)VIEW(40, 120));
    ck_assert_int_eq(picture.text_rows, 25);
    ck_assert_int_eq(picture.text_columns, 80);
    ck_assert_int_eq(picture.rows, 25);
    ck_assert_int_eq(picture.columns, 80);
    ck_assert_str_eq(text_of(&picture, 0), "Booting from Hard Disk... {|}~");
    ck_assert_str_eq(text_of(&picture, 1), "  red on blue");
    ck_assert_str_eq(text_of(&picture, 3), "   _");
    ck_assert_str_eq(text_of(&picture, 24), "Kernel panic - not syncing: Fatal exception");
    ck_assert_int_eq(picture.cells[82].foreground, 0xff0000);
    ck_assert_int_eq(picture.cells[82].background, 0x0000aa);
    ck_assert_uint_eq(picture.cells[160].glyph, 0x2554);
    ck_assert_uint_eq(picture.cells[164].glyph, ' '); /* a full block is a blank of its colour */
    ck_assert_int_eq(picture.cells[164].background, 0xffffff);
    screen_picture_clear(&picture);

    struct screen_view plain = VIEW(40, 120);
    plain.ascii = plain.mono = true;
    picture = draw(&image, plain);
    ck_assert_str_eq(text_of(&picture, 2), "+++");
    ck_assert_int_eq(picture.cells[82].foreground, -1);
    screen_picture_clear(&picture);
    free(image.rgb);
}
END_TEST

/* Kernels bring a font that is not quite the BIOS's. */
START_TEST(a_font_that_differs_a_little_is_read)
{
    struct image image = image_new(640, 480);

    put_text(&image, 3, 1, 8, "login: root", 0xaaaaaa, 0);
    for (int i = 1; i < 12; i++)
        if (i != 7) /* the blank */
            put_pixel(&image, i * 8 + 7, 3 * 16 + 1, 0xaaaaaa);
    struct screen_picture picture = draw(&image, (struct screen_view)VIEW(30, 80));
    ck_assert_int_eq(picture.text_columns, 80);
    ck_assert_int_eq(picture.text_rows, 30);
    ck_assert_ptr_nonnull(strstr(text_of(&picture, 3), "login: root"));
    screen_picture_clear(&picture);
    free(image.rgb);
}
END_TEST

START_TEST(a_small_pane_shows_the_last_line_and_moves)
{
    struct image image = image_new(720, 400);
    struct screen_view view = VIEW(5, 40);

    put_text(&image, 0, 0, 9, "first", 0xaaaaaa, 0);
    put_text(&image, 19, 0, 9, "last", 0xaaaaaa, 0);
    put_text(&image, 24, 75, 9, "XYZZY", 0xaaaaaa, 0);
    put_text(&image, 24, 75, 9, "     ", 0, 0);
    struct screen_picture picture = draw(&image, view);
    ck_assert_str_eq(text_of(&picture, 4), "last");
    screen_picture_clear(&picture);
    view.x = view.y = 0;
    picture = draw(&image, view);
    ck_assert_str_eq(text_of(&picture, 0), "first");
    screen_picture_clear(&picture);
    put_text(&image, 24, 75, 9, "XYZZY", 0xaaaaaa, 0);
    view.x = view.y = 1000;
    picture = draw(&image, view);
    ck_assert_str_eq(text_of(&picture, 4) + 35, "XYZZY");
    ck_assert_int_eq(picture.x, 750);
    ck_assert_int_eq(picture.y, 900);
    screen_picture_clear(&picture);
    free(image.rgb);
}
END_TEST

/* ---- symbols ---- */

/* Red, green / blue, white, above a triangle. */
static struct image made_up(void)
{
    struct image image = image_new(320, 240);

    fill(&image, 0, 0, 160, 120, 0xff0000);
    fill(&image, 160, 0, 160, 120, 0x00ff00);
    fill(&image, 0, 120, 160, 120, 0x0000ff);
    fill(&image, 160, 120, 160, 120, 0xffffff);
    return image;
}

START_TEST(a_picture_becomes_symbols)
{
    struct image image = made_up();
    struct screen_picture picture = draw(&image, (struct screen_view)VIEW(12, 60));
    const struct screen_cell *cells = picture.cells;

    ck_assert_int_eq(picture.text_rows, 0);
    ck_assert_int_eq(picture.width, 320);
    ck_assert_int_eq(picture.rows, 12);
    ck_assert_int_eq(picture.columns, 32); /* 4:3 in cells of 1:2 */
    static const int32_t wanted[2][2] = {{0xff0000, 0x00ff00}, {0x0000ff, 0xffffff}};
    for (int y = 0; y < 12; y++) {
        for (int x = 0; x < 32; x++) {
            const struct screen_cell *cell = &cells[y * 32 + x];
            ck_assert_int_eq(cell->glyph == ' ' ? cell->background : cell->foreground,
                             wanted[y / 6][x / 16]);
        }
    }
    screen_picture_clear(&picture);
    free(image.rgb);
}
END_TEST

START_TEST(a_part_is_larger)
{
    struct image image = made_up();
    struct screen_view view = VIEW(12, 60);

    view.zoom = 2;
    view.x = view.y = 1000;
    struct screen_picture picture = draw(&image, view);
    ck_assert_int_eq(picture.x, 750);
    ck_assert_int_eq(picture.y, 750);
    for (int i = 0; i < picture.rows * picture.columns; i++)
        ck_assert_int_eq(picture.cells[i].background, 0xffffff);
    screen_picture_clear(&picture);
    view.zoom = 16;
    view.x = view.y = 0;
    picture = draw(&image, view);
    for (int i = 0; i < picture.rows * picture.columns; i++)
        ck_assert_int_eq(picture.cells[i].background, 0xff0000);
    screen_picture_clear(&picture);
    free(image.rgb);
}
END_TEST

START_TEST(ascii_is_ascii)
{
    struct image image = made_up();
    struct screen_view view = VIEW(20, 60);

    view.ascii = view.mono = true;
    for (int i = 0; i < 240; i++)
        fill(&image, i, i, 20, 1, 0x123456);
    struct screen_picture picture = draw(&image, view);
    for (int i = 0; i < picture.rows * picture.columns; i++) {
        ck_assert_uint_ge(picture.cells[i].glyph, ' ');
        ck_assert_uint_le(picture.cells[i].glyph, '~');
        ck_assert_int_eq(picture.cells[i].background, -1);
    }
    screen_picture_clear(&picture);
    free(image.rgb);
}
END_TEST

START_TEST(odd_sizes_are_drawn)
{
    static const int sizes[][2] = {{1, 1}, {1, 4096}, {4096, 1}, {7, 3}, {9, 16}, {720, 399}};

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct image image = image_new(sizes[i][0], sizes[i][1]);
        for (int zoom = 1; zoom <= SCREEN_ZOOM_MAX; zoom *= 2) {
            struct screen_view view = VIEW(1, 1);
            view.zoom = zoom;
            struct screen_picture picture = draw(&image, view);
            screen_picture_clear(&picture);
            view.rows = 40;
            view.columns = 120;
            view.x = 1000;
            view.y = 0;
            picture = draw(&image, view);
            screen_picture_clear(&picture);
        }
        free(image.rgb);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("picture");
    TCase *tests = tcase_create("picture");

    tcase_add_test(tests, a_ppm_is_read);
    tcase_add_test(tests, a_hostile_ppm_is_refused);
    tcase_add_test(tests, a_png_is_read);
    tcase_add_test(tests, a_hostile_png_is_survived);
    tcase_add_test(tests, a_huge_png_is_refused);
    tcase_add_test(tests, a_vga_text_screen_is_read);
    tcase_add_test(tests, a_font_that_differs_a_little_is_read);
    tcase_add_test(tests, a_small_pane_shows_the_last_line_and_moves);
    tcase_add_test(tests, a_picture_becomes_symbols);
    tcase_add_test(tests, a_part_is_larger);
    tcase_add_test(tests, ascii_is_ascii);
    tcase_add_test(tests, odd_sizes_are_drawn);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
