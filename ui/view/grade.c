#include "ui/view/grade.h"

static const struct {
    char sign[2];
    enum style style;
} grades[] = {
    [EVENT_CALM] = {" ", STYLE_NORMAL},
    [EVENT_GOOD] = {"+", STYLE_GOOD},
    [EVENT_WARN] = {"~", STYLE_WARN},
    [EVENT_BAD] = {"!", STYLE_BAD},
};

const char *grade_sign(enum event_grade grade)
{
    return grades[grade].sign;
}

enum style grade_style(enum event_grade grade)
{
    return grades[grade].style;
}
