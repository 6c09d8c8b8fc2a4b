#include "ui/view/troubled.h"

#include "base/text.h"

#define MORE_CELLS 4 /* " +12" */

enum style troubled_style(enum problem_severity severity)
{
    return severity == PROBLEM_ACT ? STYLE_BAD : STYLE_WARN;
}

void troubled_find(const struct ui *ui, struct troubled *ret)
{
    struct problem problem;

    if (ui->engine_broken)
        return;
    for (int severity = PROBLEM_ACT; severity <= PROBLEM_LOOK; severity++)
        for (size_t i = 0; i < world_place_count(ui->world); i++) {
            const struct place *place = world_place_at(ui->world, i);

            if (!problem_of_place(ui->world, place, ui->now_ns, &problem) ||
                (int)problem.severity != severity)
                continue;
            if (ret->count < TROUBLED_MAX)
                ret->at[ret->count++] = place;
            ret->total++;
        }
}

static bool put_place(struct line *line, const struct ui *ui, const struct place *place, bool words)
{
    struct problem problem;
    char grower[120] = "";

    if (!problem_of_place(ui->world, place, ui->now_ns, &problem))
        return true;
    enum style style = troubled_style(problem.severity);
    if (!words && problem_grower(ui->world, &problem, ui->now_ns, grower, sizeof(grower)) &&
        line_left(line, 2, style, "%s: %s", problem.cause, grower))
        return true;
    if (!words && line_left(line, 2, style, "%s", problem.cause))
        return true;
    return line_left(line, 2, style, "%s", problem.word);
}

int troubled_room(const struct ui *ui, const struct troubled *places)
{
    struct problem problem;
    size_t told = places->next ? places->next : 1;
    int more = places->total > told ? MORE_CELLS : 0;

    if (places->next || !places->count ||
        !problem_of_place(ui->world, places->at[0], ui->now_ns, &problem))
        return more;
    return 2 + (int)text_width(problem.word) + more;
}

void troubled_put(struct line *line, const struct ui *ui, struct troubled *places, bool words)
{
    for (; places->next < places->count; places->next++) {
        int more = places->next + 1 < places->total ? MORE_CELLS : 0;

        line->right -= more;
        bool fits = put_place(line, ui, places->at[places->next], words);
        line->right += more;
        if (!fits)
            break;
    }
}

void troubled_put_more(struct line *line, const struct troubled *places)
{
    if (places->next < places->total)
        line_left(line, 1, STYLE_WARN, "+%zu", places->total - places->next);
}
