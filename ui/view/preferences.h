/* What can be set while vctop runs: delay, theme, columns, meters, keys, mouse, ASCII, and what one
 * sorts by; and how it gets into the configuration file.  Only what was changed since the start or
 * the last save is written, so that neither the command line's settings nor those of another vctop
 * are touched. */
#ifndef VCTOP_UI_VIEW_PREFERENCES_H
#define VCTOP_UI_VIEW_PREFERENCES_H

#include "config/settings.h"
#include "ui/view/view.h"

/* The names of columns, meters, commands and sort keys, for reading and writing files. */
extern const struct settings_words preferences_words;

/* The file that preferences are saved to (copied; NULL: none), before apart_open(): the clerk
 * writes to no other, whatever the screen says later. */
void preferences_file(const char *path);

/* Makes UI as OPTIONS say, terminal up and views not yet made; a theme that cannot be used is worth
 * a word, not a refusal. */
void preferences_begin(struct ui *ui, const struct options *options);
void preferences_end(struct ui *ui);

/* The delay is in the engine, columns and meters in UI, keys in the keymap. */
const char *preferences_theme(const struct ui *ui);
const struct text_list *preferences_themes(const struct ui *ui); /* as there were at the start */
bool preferences_mouse(const struct ui *ui);
bool preferences_ascii(const struct ui *ui);

/* Reads the theme's file in an errand; it holds when that is done, and the old one when it fails.
 */
void preferences_set_theme(struct ui *ui, const char *name);
void preferences_set_delay(struct ui *ui, int64_t period_ns);
void preferences_set_mouse(struct ui *ui, bool on);
void preferences_set_ascii(struct ui *ui, bool on);

/* Something is not as it was at the start or when it was last saved. */
bool preferences_changed(const struct ui *ui);

/* Saves in an errand and says in the status line how that went. */
void preferences_save(struct ui *ui);

#endif
