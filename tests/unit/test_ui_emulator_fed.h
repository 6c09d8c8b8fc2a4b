/* A guest's terminal that was fed some bytes. */
#ifndef VCTOP_TESTS_UI_EMULATOR_FED_H
#define VCTOP_TESTS_UI_EMULATOR_FED_H

#include <string.h>

#include "ui/emulator/emulator.h"

#define MEGABYTE ((size_t)1 << 20)

static inline struct emulator *fed(int rows, int columns, const char *bytes)
{
    struct emulator *emulator = emulator_new(rows, columns, 1000, MEGABYTE);
    size_t len = strlen(bytes);

    while (len > 0) {
        size_t done = emulator_feed(emulator, bytes, len);
        bytes += done;
        len -= done;
    }
    return emulator;
}

static inline struct cell cell_at(const struct emulator *emulator, int row, int column)
{
    struct cell cells[EMULATOR_SIZE_MAX];

    emulator_line(emulator, emulator_lines(emulator) - emulator_rows(emulator) + row, cells,
                  (size_t)emulator_columns(emulator));
    return cells[column];
}

#endif
