/* The meters of the host (meter.h) in the lines of the header: nothing of those that are off. */
#ifndef VCTOP_UI_VIEW_METER_LINE_H
#define VCTOP_UI_VIEW_METER_LINE_H

#include "ui/view/line.h"
#include "ui/view/view.h"

/* BAR: cells of a bar before the figures; 0: none. */
void meter_put_cpu(struct line *line, const struct ui *ui, int bar);
void meter_put_memory(struct line *line, const struct ui *ui, int bar);

/* What the guests use of the CPU together; the rest is the host's own.  An old figure among them
 * makes both old, with a "?". */
void meter_put_share(struct line *line, const struct ui *ui, const struct world_totals *totals);

/* Zero pressure says nothing. */
void meter_put_pressure(struct line *line, const struct ui *ui);
/* Disks, network, load. */
void meter_put_flows(struct line *line, const struct ui *ui);
/* The CPU as a curve. */
void meter_put_trend(struct line *line, const struct ui *ui);

#endif
