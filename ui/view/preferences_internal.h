/* Between the parts of the preferences. */
#ifndef VCTOP_UI_VIEW_PREFERENCES_INTERNAL_H
#define VCTOP_UI_VIEW_PREFERENCES_INTERNAL_H

#include "base/apart.h"
#include "ui/view/preferences.h"

/* What is saved, each as its text in a file; the keys of each command follow. */
enum {
    SAVED_DELAY,
    SAVED_SORT,
    SAVED_INVERTED,
    SAVED_THEME,
    SAVED_MOUSE,
    SAVED_ADVICE,
    SAVED_ASCII,
    SAVED_COLUMNS,
    SAVED_METERS,
    SAVED_KEYS,
    SAVED_COUNT = SAVED_KEYS + COMMAND_COUNT
};

struct preferences {
    char *save_path, *save_refusal;
    char *theme, *wanted_theme; /* the second, while its file is being read */
    struct text_list themes;
    bool mouse, ascii;
    char *saved[SAVED_COUNT]; /* as at the start or the last save */
};

extern const struct apart_work preferences_theme_work, preferences_save_work;

/* WHAT of these as it is now, in the words of a file.  The caller frees. */
char *preferences_text(const struct ui *ui, int what);

#endif
