/* Storage in trouble, in the lines of the header. */
#ifndef VCTOP_UI_VIEW_TROUBLED_H
#define VCTOP_UI_VIEW_TROUBLED_H

#include <stdbool.h>
#include <stddef.h>

#include "model/problem.h"
#include "ui/view/line.h"
#include "ui/view/view.h"

#define TROUBLED_MAX 16 /* that are told one by one */

/* The worst first; what is in AT from NEXT on has not found room yet. */
struct troubled {
    const struct place *at[TROUBLED_MAX];
    size_t count, total, next;
};

void troubled_find(const struct ui *ui, struct troubled *ret);

/* Columns that what comes before has to leave alone: for the worst place in a few words, as long as
 * that is not told, and for the number of the others. */
int troubled_room(const struct ui *ui, const struct troubled *places);

/* As many as there is room for, in a few WORDS or with the cause. */
void troubled_put(struct line *line, const struct ui *ui, struct troubled *places, bool words);
/* How many are left, so that none is kept back in silence. */
void troubled_put_more(struct line *line, const struct troubled *places);

/* Red for what is to be acted on, amber for what is to be looked at. */
enum style troubled_style(enum problem_severity severity);

#endif
