#include "ui/view/console_ask.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/term/key.h"
#include "ui/widget/dialog.h"

struct question {
    struct confirm confirm;
    uint32_t console; /* what it was about: it may be gone by the time of the answer */
    unsigned (*yes)(struct ui *ui, const struct question *question);
    void (*close)(struct ui *ui, uint32_t console);
    char text[PRESS_TEXT_MAX + 1]; /* that will be typed */
    struct press press;            /* its text is that one */
};

static unsigned question_key(struct ui *ui, void *data, struct key key)
{
    struct question *question = data;
    unsigned reaction = 0;

    switch (confirm_key(&question->confirm, key, ui->clock_ns)) {
    case DIALOG_ACCEPTED:
        reaction = question->yes(ui, question);
        ui_modal_close(ui);
        break;
    case DIALOG_CANCELLED:
        ui_modal_close(ui);
        break;
    default:
        break;
    }
    return reaction | REACT_HANDLED | REACT_REDRAW;
}

static void question_draw(const struct ui *ui, const void *data, struct rect screen,
                          struct rect status)
{
    const struct question *question = data;

    (void)ui;
    (void)status;
    confirm_draw(&question->confirm, screen);
}

static void question_close(void *data)
{
    struct question *question = data;

    confirm_clear(&question->confirm);
    free(question);
}

static const struct modal modal = {
    .hint = "Esc cancels",
    .key = question_key,
    .draw = question_draw,
    .close = question_close,
};

static struct question *question_new(struct ui *ui, const struct tab *tab, const char *title,
                                     const char *verb)
{
    struct question *question = xcalloc(1, sizeof(*question));

    question->console = tab->console;
    confirm_init(&question->confirm, title, verb, "", ui->clock_ns);
    return question;
}

/* The keyboard is ours while a question stands. */
static void ask(struct ui *ui, struct question *question)
{
    confirm_line(&question->confirm, "");
    ui->tabs->entered = false;
    ui_modal_open(ui, &modal, question);
    key_discard();
}

static struct tab *find(const struct ui *ui, const struct question *question)
{
    for (size_t i = 0; i < ui->tabs->count; i++)
        if (ui->tabs->tab[i]->console == question->console)
            return ui->tabs->tab[i];
    return NULL;
}

static unsigned yes_force(struct ui *ui, const struct question *question)
{
    struct tab *tab = find(ui, question);

    if (!tab)
        return 0;
    tabs_reopen(ui, tab, true);
    ui->tabs->entered = tab == tabs_active(ui);
    return 0;
}

void console_ask_force(struct ui *ui, struct tab *tab)
{
    const struct console *console = tab_console(ui, tab);
    char title[160], line[256];

    snprintf(title, sizeof(title), "Take over the console of %.80s?", tab->name);
    struct question *question = question_new(ui, tab, title, "Take over");
    snprintf(line, sizeof(line), "%.200s.", console && console->why ? console->why : "it is busy");
    confirm_line(&question->confirm, line);
    confirm_line(&question->confirm, "Whoever has it open loses it, and what is typed there.");
    question->yes = yes_force;
    tab->asked = true;
    ask(ui, question);
}

static unsigned yes_close(struct ui *ui, const struct question *question)
{
    question->close(ui, question->console);
    return ui->tabs->count ? 0u : REACT_LEAVE;
}

void console_ask_close(struct ui *ui, const struct tab *tab,
                       void (*close)(struct ui *ui, uint32_t console))
{
    const struct console *console = tab_console(ui, tab);
    bool attached = console && console->request.kind == CONSOLE_ATTACH;
    char title[160];

    snprintf(title, sizeof(title), "Close the %s of %.80s?",
             console ? console_kind_name(&console->request) : "console", tab->name);
    struct question *question = question_new(ui, tab, title, "Close");
    confirm_line(&question->confirm, attached
                                         ? "What runs in it is hung up."
                                         : "The guest goes on; others can open its console then.");
    confirm_line(&question->confirm, "What was said so far is gone.");
    question->yes = yes_close;
    question->close = close;
    ask(ui, question);
}

static unsigned yes_size(struct ui *ui, const struct question *question)
{
    engine_console_send(ui->engine, question->console, question->text, strlen(question->text));
    ui->tabs->entered = find(ui, question) == tabs_active(ui);
    return 0;
}

void console_ask_size(struct ui *ui, const struct tab *tab)
{
    char title[160], line[160], command[48];

    snprintf(command, sizeof(command), "stty rows %d cols %d", emulator_rows(tab->emulator),
             emulator_columns(tab->emulator));
    snprintf(title, sizeof(title), "Tell the shell of %.80s its size?", tab->name);
    struct question *question = question_new(ui, tab, title, "Type it");
    confirm_line(&question->confirm, "A serial line cannot tell its size by itself.");
    snprintf(line, sizeof(line), "This is typed into it, as if by you:  %s", command);
    confirm_line(&question->confirm, line);
    confirm_line(&question->confirm, "It is of use only when a shell waits for a command there.");
    snprintf(question->text, sizeof(question->text), "%s\r", command);
    question->yes = yes_size;
    ask(ui, question);
}

/* ---- of a machine's screen ---- */

static unsigned yes_press(struct ui *ui, const struct question *question)
{
    struct press press = question->press;
    struct error err = {0};

    press.text = press.kind == PRESS_TEXT ? (char *)question->text : NULL;
    if (engine_console_press(ui->engine, question->console, &press, &err) < 0)
        ui_say(ui, STYLE_BAD, "%.200s", err.message);
    else
        ui_say(ui, STYLE_DIM, "sent; what comes of it shows on its screen");
    return 0;
}

static void name_press(const struct press *press, char *dst, size_t size)
{
    switch (press->kind) {
    case PRESS_CTRL_ALT_DEL:
        snprintf(dst, size, "Press Ctrl-Alt-Del");
        break;
    case PRESS_CTRL_ALT_F:
        snprintf(dst, size, "Press Ctrl-Alt-F%d", press->number);
        break;
    case PRESS_TEXT:
        snprintf(dst, size, "Type a line");
        break;
    case PRESS_NMI:
        snprintf(dst, size, "Inject an NMI");
        break;
    default:
        snprintf(dst, size, "Open virt-viewer");
        break;
    }
}

static const char *consequence_of(enum press_kind kind)
{
    switch (kind) {
    case PRESS_CTRL_ALT_DEL:
        return "Most systems reboot at once: what is not saved there may be lost.";
    case PRESS_CTRL_ALT_F:
        return "A Linux changes to that virtual terminal.";
    case PRESS_TEXT:
        return "Whatever has the keyboard there gets it, and Enter after it.";
    case PRESS_NMI:
        return "Its kernel may panic, write a dump and reboot: what is not saved is lost.";
    default:
        return "It runs on its own, in a window on your display, and reaches the keyboard.";
    }
}

void console_ask_press(struct ui *ui, const struct tab *tab, const struct press *press)
{
    char title[160], verb[32], line[160];

    name_press(press, verb, sizeof(verb));
    snprintf(title, sizeof(title), "%s: %.80s?", verb, tab->name);
    struct question *question = question_new(ui, tab, title, verb);
    question->press = *press;
    if (press->kind == PRESS_TEXT) {
        snprintf(question->text, sizeof(question->text), "%s", press->text);
        for (size_t at = 0, len = strlen(press->text); at == 0 || at < len; at += 60) {
            snprintf(line, sizeof(line), "  %.60s", press->text + at);
            confirm_line(&question->confirm, line);
        }
        confirm_line(&question->confirm, "");
    }
    confirm_line(&question->confirm, consequence_of(press->kind));
    question->yes = yes_press;
    ask(ui, question);
}
