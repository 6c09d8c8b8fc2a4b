/* A question that is answered with one line of text, in the status line. */
#ifndef VCTOP_UI_VIEW_ASK_H
#define VCTOP_UI_VIEW_ASK_H

#include "ui/view/view.h"

struct text_question {
    const char *label, *hint;
    /* Optional.  After each change.  Returns a set of enum reaction, as the next does. */
    unsigned (*typed)(struct ui *ui, void *context, const char *text);
    /* Required.  The end: TEXT is what was accepted, or what stood there at first. */
    unsigned (*done)(struct ui *ui, void *context, const char *text, bool accepted);
};

/* CONTEXT must outlive the question.  TEXT stands there at first. */
void ask_open(struct ui *ui, const struct text_question *ask, const char *text, void *context);

#endif
