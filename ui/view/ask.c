#include "ui/view/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/widget/dialog.h"

struct question {
    const struct text_question *ask;
    void *context;
    struct modal modal; /* with the question's own hint */
    struct prompt prompt;
    char before[sizeof(((struct prompt *)0)->text)];
};

static unsigned question_key(struct ui *ui, void *data, struct key key)
{
    struct question *question = data;
    const struct text_question *ask = question->ask;
    void *context = question->context;
    char text[sizeof(question->before)];
    bool changed = false;
    enum dialog_result result = prompt_key(&question->prompt, key, &changed);

    if (result == DIALOG_OPEN) {
        unsigned reaction =
            changed && ask->typed ? ask->typed(ui, context, question->prompt.text) : 0;
        return reaction | REACT_HANDLED | REACT_REDRAW;
    }
    memcpy(text, result == DIALOG_ACCEPTED ? question->prompt.text : question->before,
           sizeof(text));
    ui_modal_close(ui);
    return ask->done(ui, context, text, result == DIALOG_ACCEPTED) | REACT_HANDLED | REACT_REDRAW;
}

static void question_draw(const struct ui *ui, const void *data, struct rect screen,
                          struct rect status)
{
    const struct question *question = data;

    (void)ui;
    (void)screen;
    prompt_draw(&question->prompt, status, 0);
}

static void question_close(void *data)
{
    key_accept_paste(false);
    free(data);
}

void ask_open(struct ui *ui, const struct text_question *ask, const char *text, void *context)
{
    struct question *question = xcalloc(1, sizeof(*question));

    question->ask = ask;
    question->context = context;
    question->modal = (struct modal){
        .hint = ask->hint, .key = question_key, .draw = question_draw, .close = question_close};
    prompt_init(&question->prompt, ask->label, text);
    memcpy(question->before, question->prompt.text, sizeof(question->before));
    ui_modal_open(ui, &question->modal, question);
    key_accept_paste(true);
}
