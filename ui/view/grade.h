/* How events look by their grade; colour never says it alone. */
#ifndef VCTOP_UI_VIEW_GRADE_H
#define VCTOP_UI_VIEW_GRADE_H

#include "model/event.h"
#include "ui/term/style.h"

const char *grade_sign(enum event_grade grade); /* one column */
enum style grade_style(enum event_grade grade);

#endif
