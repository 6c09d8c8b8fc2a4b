/* When the screen is drawn: once a tick, when its figures are there; before that what changed of
 * itself or was typed, and in a flood not oftener than one can see.  Pure: it is told the time. */
#ifndef VCTOP_UI_PACE_H
#define VCTOP_UI_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    bool wanted;        /* now */
    int64_t draw_at_ns; /* wanted then; INT64_MAX: not */
    int64_t pane_at_ns; /* a console's output is to be seen by then; INT64_MAX: nothing came */
    int64_t drawn_ns;   /* when it was last drawn */
    int64_t started_ns;
    int64_t sorted_tick; /* number of the tick of the last sort */
};

/* PERIOD_NS, here and below: between two ticks. */
void pace_init(struct pace *ret, int64_t now_ns, int64_t period_ns);

/* Something is to be drawn. */
bool pace_is_due(const struct pace *pace, int64_t now_ns);
/* Rows are to change places in this drawing: once a tick, when its figures are there. */
bool pace_sorts(struct pace *pace, int64_t now_ns, int64_t period_ns);
/* It is drawn.  FROZEN: nothing comes of itself until one asks for it. */
void pace_drawn(struct pace *pace, int64_t now_ns, int64_t period_ns, bool frozen);

/* A console that is shown said something. */
void pace_output(struct pace *pace, int64_t now_ns);
/* Something came that was asked for. */
void pace_answer(struct pace *pace, int64_t now_ns);
/* The model was fed.  FIGURES: with no more than those of the tick. */
void pace_fed(struct pace *pace, bool figures, int64_t now_ns, int64_t period_ns);

/* When it is due of itself; INT64_MAX: never. */
int64_t pace_next(const struct pace *pace);

#endif
