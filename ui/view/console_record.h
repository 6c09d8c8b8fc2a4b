/* What a console says, written to a file while it says it: as text, or as asciicast v2, which plays
 * it again. */
#ifndef VCTOP_UI_VIEW_CONSOLE_RECORD_H
#define VCTOP_UI_VIEW_CONSOLE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ui/emulator/emulator.h"

struct record;

/* Begins to write to PATH, a new file, mode 0600; asciicast when its name ends in ".cast", which
 * begins with what TERMINAL shows now.  TITLE is sanitised.  NULL when it cannot even begin: most
 * of what may be wrong is known only later. */
struct record *record_start(const char *path, const char *title, const struct emulator *terminal,
                            int64_t now_ns, int64_t wall_ns, struct error *err);

/* What the guest said, raw, and a new size of its terminal. */
void record_output(struct record *record, const char *bytes, size_t len, int64_t now_ns);
void record_size(struct record *record, int rows, int columns, int64_t now_ns);

/* It has ended, though nobody stopped it: ERR says why. */
bool record_failed(struct record *record, struct error *err);
const char *record_path(const struct record *record);

/* No more comes; the file is finished by itself.  Takes NULL. */
void record_free(struct record *record);

#endif
