/* What vctop itself costs, as lines of the help: its screen, its workers, and their slowest calls.
 */
#ifndef VCTOP_UI_VIEW_OWN_COST_H
#define VCTOP_UI_VIEW_OWN_COST_H

#include "ui/view/view.h"

#define OWN_COST_LINES 64

struct own_cost {
    struct cost first, last; /* of the screen, since somebody looks */
    struct {
        bool heading;
        char text[256];
    } line[OWN_COST_LINES];
    long count;
};

/* Measures the screen anew when its figures are two seconds old, and makes the lines.  For each
 * drawing: the averages begin anew when there was none for a while. */
void own_cost_build(struct own_cost *own, const struct ui *ui);

#endif
