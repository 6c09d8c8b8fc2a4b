/* Leaving: at once, or after a question while jobs live. */
#ifndef VCTOP_UI_QUIT_H
#define VCTOP_UI_QUIT_H

#include "ui/view/view.h"

/* Returns REACT_QUIT, or opens the question and returns what else is to be done. */
unsigned quit_ask(struct ui *ui);

#endif
