#include "ui/pace.h"

#include "base/clock.h"

/* Workers sample on the tick and answer some milliseconds later: the screen is drawn when they have
 * had that long, so that one tick is one redraw. */
#define ANSWER_NS (100 * NS_PER_MS)
/* Changes that come together are drawn together. */
#define GATHER_NS (30 * NS_PER_MS)
/* What a guest says to a key comes in pieces, as does what a source says first. */
#define ECHO_NS (3 * NS_PER_MS)
/* While sources answer for the first time, what they say is drawn as it comes. */
#define START_NS (2 * NS_PER_S)

static int64_t answer_ns(int64_t period_ns)
{
    return period_ns / 4 < ANSWER_NS ? period_ns / 4 : ANSWER_NS;
}

/* The moment of the first regular redraw after NOW. */
static int64_t next_beat(int64_t now_ns, int64_t period_ns)
{
    int64_t answer = answer_ns(period_ns);

    return clock_next_tick(now_ns - answer, period_ns) + answer;
}

static void draw_by(struct pace *pace, int64_t at_ns)
{
    if (at_ns < pace->draw_at_ns)
        pace->draw_at_ns = at_ns;
}

static bool is_starting(const struct pace *pace, int64_t now_ns)
{
    return now_ns - pace->started_ns < START_NS;
}

void pace_init(struct pace *ret, int64_t now_ns, int64_t period_ns)
{
    *ret = (struct pace){.wanted = true,
                         .draw_at_ns = next_beat(now_ns, period_ns),
                         .pane_at_ns = INT64_MAX,
                         .started_ns = now_ns,
                         .sorted_tick = -1};
}

bool pace_is_due(const struct pace *pace, int64_t now_ns)
{
    return pace->wanted || now_ns >= pace_next(pace);
}

bool pace_sorts(struct pace *pace, int64_t now_ns, int64_t period_ns)
{
    int64_t tick = now_ns / period_ns;

    if (now_ns < pace->draw_at_ns || (!is_starting(pace, now_ns) && tick == pace->sorted_tick))
        return false;
    pace->sorted_tick = tick;
    return true;
}

void pace_drawn(struct pace *pace, int64_t now_ns, int64_t period_ns, bool frozen)
{
    int64_t beat = next_beat(now_ns, period_ns);

    if (frozen)
        pace->draw_at_ns = INT64_MAX;
    else if (now_ns >= pace->draw_at_ns)
        pace->draw_at_ns = beat;
    else
        draw_by(pace, beat); /* a shorter delay may have been set */
    pace->wanted = false;
    pace->pane_at_ns = INT64_MAX;
    pace->drawn_ns = now_ns;
}

/* When what has changed is to be drawn: at once after a rest, in a flood once in GAP_NS. */
static int64_t gathered_by(const struct pace *pace, int64_t now_ns, int64_t gap_ns)
{
    int64_t soon = now_ns + ECHO_NS, rested = pace->drawn_ns + gap_ns;

    return rested > soon ? rested : soon;
}

void pace_output(struct pace *pace, int64_t now_ns)
{
    int64_t at = gathered_by(pace, now_ns, GATHER_NS);

    if (at < pace->pane_at_ns)
        pace->pane_at_ns = at;
}

void pace_answer(struct pace *pace, int64_t now_ns)
{
    draw_by(pace, now_ns + GATHER_NS);
}

void pace_fed(struct pace *pace, bool figures, int64_t now_ns, int64_t period_ns)
{
    /* After the regular redraw, which had to do without: they are not to wait for the next. */
    bool late = now_ns % period_ns > answer_ns(period_ns);

    if (is_starting(pace, now_ns))
        draw_by(pace, gathered_by(pace, now_ns, GATHER_NS / 3));
    else if (!figures || late)
        draw_by(pace, now_ns + GATHER_NS);
}

int64_t pace_next(const struct pace *pace)
{
    return pace->draw_at_ns < pace->pane_at_ns ? pace->draw_at_ns : pace->pane_at_ns;
}
