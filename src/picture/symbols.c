/* A picture as symbols: libchafa chooses, cell by cell, what looks most like it. */
#include <chafa.h>

#include "base/alloc.h"
#include "picture/internal.h"

#define CHANNELS 3
#define CELL_RATIO 0.5f /* width to height of a cell */

/* Where a part of SIZE begins so that MIDDLE (thousandths of TOTAL) is in its middle. */
static int part_at(int total, int size, int middle)
{
    int at = (int)((long)total * middle / 1000) - size / 2;

    return at > total - size ? total - size : at < 0 ? 0 : at;
}

static ChafaCanvasConfig *config_new(const struct screen_view *view, int columns, int rows)
{
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    ChafaSymbolMap *map = chafa_symbol_map_new();

    /* Only what every font has, and nothing that is ambiguous in its width. */
    chafa_symbol_map_add_by_tags(map, view->ascii
                                          ? CHAFA_SYMBOL_TAG_ASCII
                                          : CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID |
                                                CHAFA_SYMBOL_TAG_BLOCK | CHAFA_SYMBOL_TAG_HALF |
                                                CHAFA_SYMBOL_TAG_QUAD | CHAFA_SYMBOL_TAG_BORDER);
    chafa_canvas_config_set_symbol_map(config, map);
    chafa_symbol_map_unref(map);
    chafa_canvas_config_set_geometry(config, columns, rows);
    chafa_canvas_config_set_canvas_mode(config, view->mono ? CHAFA_CANVAS_MODE_FGBG
                                                           : CHAFA_CANVAS_MODE_TRUECOLOR);
    chafa_canvas_config_set_work_factor(config, 0.8f);
    return config;
}

static void copy_cells(struct screen_picture *ret, ChafaCanvas *canvas, bool mono)
{
    ret->cells = xcalloc((size_t)ret->rows * (size_t)ret->columns, sizeof(*ret->cells));
    for (int y = 0; y < ret->rows; y++) {
        for (int x = 0; x < ret->columns; x++) {
            struct screen_cell *cell = &ret->cells[y * ret->columns + x];
            gunichar glyph = chafa_canvas_get_char_at(canvas, x, y);
            chafa_canvas_get_colors_at(canvas, x, y, &cell->foreground, &cell->background);
            cell->glyph = glyph ? glyph : ' ';
            if (mono)
                cell->foreground = cell->background = -1;
            else if (cell->foreground == cell->background)
                cell->glyph = ' ';
        }
    }
}

void symbols_draw(struct screen_picture *ret, const struct image *image,
                  const struct screen_view *view)
{
    int width = image->width / view->zoom > 0 ? image->width / view->zoom : 1;
    int height = image->height / view->zoom > 0 ? image->height / view->zoom : 1;
    int left = part_at(image->width, width, view->x < 0 ? 500 : view->x);
    int top = part_at(image->height, height, view->y < 0 ? 500 : view->y);
    int columns = view->columns, rows = view->rows;

    chafa_calc_canvas_geometry(width, height, &columns, &rows, CELL_RATIO, TRUE, FALSE);
    ret->columns = columns < 1 ? 1 : columns > view->columns ? view->columns : columns;
    ret->rows = rows < 1 ? 1 : rows > view->rows ? view->rows : rows;
    ret->x = (int)((long)(2 * left + width) * 500 / image->width);
    ret->y = (int)((long)(2 * top + height) * 500 / image->height);

    ChafaCanvasConfig *config = config_new(view, ret->columns, ret->rows);
    ChafaCanvas *canvas = chafa_canvas_new(config);
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8,
                                 image->rgb +
                                     ((size_t)top * (size_t)image->width + (size_t)left) * CHANNELS,
                                 width, height, image->width * CHANNELS);
    copy_cells(ret, canvas, view->mono);
    chafa_canvas_unref(canvas);
    chafa_canvas_config_unref(config);
}
