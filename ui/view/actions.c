#include "ui/view/actions.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/manager.h"
#include "ui/view/frozen.h"
#include "ui/view/tabs.h"
#include "ui/widget/dialog.h"

#define SHUTDOWN_TIMEOUT_S 60
#define LISTED_MAX 8   /* guests by name in a confirmation */
#define OWNERS_MAX 3   /* of guests, in a confirmation */
#define TYPED_MAX 64   /* of a name that has to be typed */
#define CONSOLE_LINE 0 /* of the menu; actions follow */

/* A guest that was meant when the menu opened. */
struct target {
    struct guest_id id;
    char *life, *name;
};

struct actions {
    struct target *targets;
    size_t count;
    struct menu menu;
    enum action items[1 + ACTION_COUNT]; /* of the menu's lines; CONSOLE_LINE has none */
    struct confirm confirm;
    enum action action; /* chosen from the menu */
    bool *chosen;       /* the targets that it is for */
    size_t chosen_count;
};

static void free_actions(void *data)
{
    struct actions *actions = data;

    for (size_t i = 0; i < actions->count; i++) {
        guest_id_clear(&actions->targets[i].id);
        free(actions->targets[i].life);
        free(actions->targets[i].name);
    }
    confirm_clear(&actions->confirm);
    free(actions->targets);
    free(actions->chosen);
    free(actions);
}

static void add_target(struct actions *actions, const struct guest *guest)
{
    struct target *target;

    actions->targets = xrealloc(actions->targets, actions->count + 1, sizeof(*actions->targets));
    target = &actions->targets[actions->count++];
    guest_id_copy(&target->id, &guest->id);
    target->life = xstrdup(guest->facts.life ? guest->facts.life : "");
    target->name = xstrdup(guest->facts.name ? guest->facts.name : "?");
}

/* The guest as it is now if it is still the one that was meant, else NULL. */
static const struct guest *find_target(const struct ui *ui, const struct target *target)
{
    const struct guest *guest = world_find(engine_world(ui->engine), &target->id);

    if (!guest || strcmp(guest->facts.life ? guest->facts.life : "", target->life) != 0)
        return NULL;
    return guest;
}

/* Why it is not found: who looks at the table sees one of that name, if in another life. */
static const char *why_lost(const struct ui *ui, const struct target *target)
{
    return world_find(engine_world(ui->engine), &target->id) ? "it stopped or started meanwhile"
                                                             : "not there any more";
}

/* Which targets ACTION is possible for now; REASON says why not for the first that it is not. */
static size_t count_allowed(const struct ui *ui, const struct actions *actions, enum action action,
                            bool *chosen, char *reason, size_t size)
{
    size_t count = 0;

    reason[0] = '\0';
    for (size_t i = 0; i < actions->count; i++) {
        const struct guest *guest = find_target(ui, &actions->targets[i]);
        char why[96];
        if (!guest)
            snprintf(why, sizeof(why), "%s", why_lost(ui, &actions->targets[i]));
        bool allowed =
            guest && action_allowed(guest, action, engine_readonly(ui->engine), why, sizeof(why));

        if (chosen)
            chosen[i] = allowed;
        count += allowed;
        if (!allowed && !reason[0])
            snprintf(reason, size, "%s", why);
    }
    return count;
}

/* What is chosen most and changes nothing comes first. */
static void add_console(const struct ui *ui, struct actions *actions)
{
    struct menu_item *item = &actions->menu.items[actions->menu.count++];
    struct error err = {0};

    item->key = 'c';
    snprintf(item->label, sizeof(item->label), "console");
    if (actions->count > 1)
        snprintf(item->reason, sizeof(item->reason), "of one guest at a time");
    else if (!find_target(ui, &actions->targets[0]))
        snprintf(item->reason, sizeof(item->reason), "%s", why_lost(ui, &actions->targets[0]));
    else if (!tabs_can_open(ui, &actions->targets[0].id, CONSOLE_SERIAL, &err))
        snprintf(item->reason, sizeof(item->reason), "%.90s", err.message);
}

static void add_item(const struct ui *ui, struct actions *actions, enum action action)
{
    struct menu *menu = &actions->menu;
    char reason[96];
    size_t count = count_allowed(ui, actions, action, NULL, reason, sizeof(reason));
    char key = action_key(action);

    /* Pause and resume share a key, as do both autostarts: what is possible has the line; when both
     * are, for different guests, the key belongs to the first. */
    if (menu->count && menu->items[menu->count - 1].key == key) {
        bool first_possible = !menu->items[menu->count - 1].reason[0];
        if (!count)
            return;
        if (first_possible)
            key = 0;
        else
            menu->count--;
    }
    struct menu_item *item = &menu->items[menu->count];
    actions->items[menu->count++] = action;
    item->key = key;
    if (count && count < actions->count)
        snprintf(item->label, sizeof(item->label), "%s (%zu of %zu)", action_name(action), count,
                 actions->count);
    else
        snprintf(item->label, sizeof(item->label), "%s", action_name(action));
    snprintf(item->reason, sizeof(item->reason), "%s", count ? "" : reason);
}

/* Who loses what. */
static void add_guest_line(struct actions *actions, const struct ui *ui, const struct guest *guest,
                           const struct target *target)
{
    const char *also = action_also_lost(actions->action, guest);
    char line[256], age[UNITS_MAX] = "";
    double up;

    if (guest_metric(guest, METRIC_UPTIME, ui->clock_ns, &up))
        units_duration(age, up);
    snprintf(line, sizeof(line), "%s  %s, %s%s%s%s%s%s%s", target->name,
             kind_name(guest->facts.kind), state_name(guest->state), age[0] ? ", up " : "", age,
             guest->reason ? ", " : "", guest->reason ? guest->reason : "", also ? "; " : "",
             also ? also : "");
    confirm_line(&actions->confirm, line);
}

/* Of the chosen ones' owners the one of the target AT, if none before it has the same; else NULL.
 * COUNT: how many chosen ones it has. */
static const char *owner_at(const struct ui *ui, const struct actions *actions, size_t at,
                            size_t *count)
{
    const struct guest *guest = actions->chosen[at] ? find_target(ui, &actions->targets[at]) : NULL;
    const char *owner = guest ? guest->facts.manager : NULL;

    *count = 0;
    for (size_t i = 0; owner && i < actions->count; i++) {
        const struct guest *other =
            actions->chosen[i] ? find_target(ui, &actions->targets[i]) : NULL;
        if (!other || !other->facts.manager || strcmp(other->facts.manager, owner) != 0)
            continue;
        if (i < at)
            return NULL;
        ++*count;
    }
    return owner;
}

/* Whose they are, and what the owners make of it. */
static void add_owner_lines(const struct ui *ui, struct actions *actions)
{
    size_t said = 0, count;
    char line[256], many[32];

    for (size_t i = 0; i < actions->count && said < OWNERS_MAX; i++) {
        const char *owner = owner_at(ui, actions, i, &count);
        if (!owner)
            continue;
        snprintf(many, sizeof(many), "%zu m", count);
        snprintf(line, sizeof(line), "%sanaged by %.60s: %s.",
                 actions->chosen_count == 1 ? "M" : many, owner,
                 manager_will(owner, actions->action));
        confirm_line(&actions->confirm, line);
        said++;
    }
}

static void add_lines(struct ui *ui, struct actions *actions, const char *left_out)
{
    struct confirm *confirm = &actions->confirm;
    const char *said[2] = {NULL, NULL};
    size_t listed = 0;
    char line[160];

    for (size_t i = 0; i < actions->count; i++) {
        const struct guest *guest =
            actions->chosen[i] ? find_target(ui, &actions->targets[i]) : NULL;
        if (!guest)
            continue;
        if (listed++ < LISTED_MAX)
            add_guest_line(actions, ui, guest, &actions->targets[i]);
        said[guest->facts.kind] = action_consequence(actions->action, guest->facts.kind);
    }
    if (listed > LISTED_MAX) {
        snprintf(line, sizeof(line), "and %zu more", listed - LISTED_MAX);
        confirm_line(confirm, line);
    }
    if (actions->chosen_count < actions->count) {
        snprintf(line, sizeof(line), "left out: %zu (%s)", actions->count - actions->chosen_count,
                 left_out);
        confirm_line(confirm, line);
    }
    confirm_line(confirm, "");
    for (int kind = 0; kind < 2; kind++)
        if (said[kind] && (!kind || !said[0] || strcmp(said[0], said[1]) != 0))
            confirm_line(confirm, said[kind]);
    add_owner_lines(ui, actions);
    confirm_line(confirm, "");
}

static void capitalise(char *dst, size_t size, const char *text)
{
    snprintf(dst, size, "%s", text);
    if (dst[0] >= 'a' && dst[0] <= 'z')
        dst[0] = (char)(dst[0] - 'a' + 'A');
}

/* A name may hold what no keyboard has, or what cannot be told from something else. */
static bool can_be_typed(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (name[i] < ' ' || name[i] > '~')
            return false;
    return len > 0 && len <= TYPED_MAX && name[0] != ' ' && name[len - 1] != ' ' &&
           !strstr(name, "  ");
}

static const struct modal confirm_modal;

static unsigned ask(struct ui *ui, struct actions *actions)
{
    char verb[32], title[200], expect[128] = "", left_out[96];
    const struct target *only = NULL;

    actions->action = actions->items[actions->menu.cursor];
    free(actions->chosen);
    actions->chosen = xcalloc(actions->count, sizeof(*actions->chosen));
    actions->chosen_count =
        count_allowed(ui, actions, actions->action, actions->chosen, left_out, sizeof(left_out));
    if (!actions->chosen_count) {
        ui_say(ui, STYLE_BAD, "cannot %s: %s", action_name(actions->action), left_out);
        ui_modal_close(ui);
        return REACT_HANDLED | REACT_REDRAW;
    }
    for (size_t i = 0; i < actions->count && actions->chosen_count == 1; i++)
        if (actions->chosen[i])
            only = &actions->targets[i];
    capitalise(verb, sizeof(verb), action_name(actions->action));
    if (only)
        snprintf(title, sizeof(title), "%s: %s?", verb, only->name);
    else
        snprintf(title, sizeof(title), "%s: %zu guests?", verb, actions->chosen_count);
    if (action_wants_name(actions->action) && only)
        snprintf(expect, sizeof(expect), "%s",
                 can_be_typed(only->name) ? only->name : action_name(actions->action));
    else if (action_wants_name(actions->action))
        snprintf(expect, sizeof(expect), "%zu", actions->chosen_count);
    confirm_init(&actions->confirm, title, verb, expect, ui->clock_ns);
    add_lines(ui, actions, left_out);
    /* Not ui_modal_open(): the same data goes on to the next step. */
    ui->modal = &confirm_modal;
    key_discard();
    return REACT_HANDLED | REACT_REDRAW;
}

/* Queues the jobs.  Each guest is looked up once more: between menu and answer another may have
 * taken its name, or its state may have changed. */
static void act(struct ui *ui, const struct actions *actions)
{
    size_t queued = 0;
    char trouble[300] = "";

    for (size_t i = 0; i < actions->count; i++) {
        const struct target *target = &actions->targets[i];
        const struct guest *guest;
        struct error err = {0};
        char why[96];

        if (!actions->chosen[i])
            continue;
        guest = find_target(ui, target);
        if (!guest)
            snprintf(trouble, sizeof(trouble), "%.80s is not the guest that was meant any more",
                     target->name);
        else if (!action_allowed(guest, actions->action, engine_readonly(ui->engine), why,
                                 sizeof(why)))
            snprintf(trouble, sizeof(trouble), "%.80s: cannot %s: %s", target->name,
                     action_name(actions->action), why);
        else if (engine_act(ui->engine, actions->action, &target->id, SHUTDOWN_TIMEOUT_S, &err) < 0)
            snprintf(trouble, sizeof(trouble), "%.80s: %.200s", target->name, err.message);
        else
            queued++;
    }
    if (trouble[0])
        ui_say(ui, STYLE_BAD, "%s", trouble);
    /* The operator wants to see what comes of it. */
    if (queued)
        frozen_end(ui);
}

/* Who meant it and mistyped is to see that, and what was wanted. */
static void say_not_done(struct ui *ui, const struct confirm *confirm, struct key key)
{
    if (confirm->expect[0] && confirm->typed[0] && key_is(key, SPECIAL_ENTER))
        ui_say(ui, STYLE_WARN, "nothing was done: '%.40s' was typed, not '%s'", confirm->typed,
               confirm->expect);
    else
        ui_say(ui, STYLE_DIM, "nothing was done");
}

static unsigned confirm_modal_key(struct ui *ui, void *data, struct key key)
{
    struct actions *actions = data;

    switch (confirm_key(&actions->confirm, key, ui->clock_ns)) {
    case DIALOG_ACCEPTED:
        act(ui, actions);
        ui_modal_close(ui);
        return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
    case DIALOG_CANCELLED:
        say_not_done(ui, &actions->confirm, key);
        ui_modal_close(ui);
        break;
    default:
        break;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static void confirm_modal_draw(const struct ui *ui, const void *data, struct rect screen,
                               struct rect status)
{
    const struct actions *actions = data;

    (void)ui;
    (void)status;
    confirm_draw(&actions->confirm, screen);
}

static const struct modal confirm_modal = {
    .hint = "Esc cancels",
    .key = confirm_modal_key,
    .draw = confirm_modal_draw,
    .close = free_actions,
};

static unsigned open_console(struct ui *ui, const struct actions *actions)
{
    const struct guest *guest = find_target(ui, &actions->targets[0]);

    ui_modal_close(ui); /* first: a question may open in its place */
    return tabs_open(ui, guest, CONSOLE_SERIAL, NULL, NULL);
}

static unsigned menu_modal_key(struct ui *ui, void *data, struct key key)
{
    struct actions *actions = data;

    switch (menu_key(&actions->menu, key)) {
    case DIALOG_ACCEPTED:
        return actions->menu.cursor == CONSOLE_LINE ? open_console(ui, actions) : ask(ui, actions);
    case DIALOG_CANCELLED:
        ui_modal_close(ui);
        break;
    default:
        break;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static void menu_modal_draw(const struct ui *ui, const void *data, struct rect screen,
                            struct rect status)
{
    const struct actions *actions = data;

    (void)ui;
    (void)status;
    menu_draw(&actions->menu, screen);
}

static const struct modal menu_modal = {
    .hint = "Enter or a letter chooses; a question follows a change; Esc cancels",
    .key = menu_modal_key,
    .draw = menu_modal_draw,
    .close = free_actions,
};

void actions_open(struct ui *ui, const struct guest *selected)
{
    const struct world *live = engine_world(ui->engine);
    struct actions *actions = xcalloc(1, sizeof(*actions));

    for (size_t i = 0; i < world_guest_count(live); i++)
        if (world_guest_at(live, i)->marked)
            add_target(actions, world_guest_at(live, i));
    if (!actions->count && selected)
        add_target(actions, selected);
    if (!actions->count) {
        free_actions(actions);
        ui_say_unselected(ui);
        return;
    }
    if (actions->count == 1)
        snprintf(actions->menu.title, sizeof(actions->menu.title), "%.80s",
                 actions->targets[0].name);
    else
        snprintf(actions->menu.title, sizeof(actions->menu.title), "%zu marked guests",
                 actions->count);
    add_console(ui, actions);
    for (int action = 0; action < ACTION_COUNT; action++)
        add_item(ui, actions, (enum action)action);
    menu_to_choice(&actions->menu);
    ui_modal_open(ui, &menu_modal, actions);
}
