/* A machine's screen: looked at again and again while somebody looks at it, and sent as cells. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "backend/module.h"
#include "backend/relay.h"
#include "base/clock.h"
#include "picture/picture.h"
#include "worker/journal.h"
#include "worker/roles.h"
#include "worker/viewer.h"

#define REFRESH_NS (1500 * NS_PER_MS)
#define AFTER_PRESS_NS (300 * NS_PER_MS) /* what a key does is to be seen soon */
#define BEAT_MS 1000

struct screen_role {
    struct channel *channel;
    struct relay *relay;
    const struct picture_ops *ops;
    char *no_viewer;
    struct screen_view view;
    unsigned char *file; /* what IMAGE was made of */
    size_t file_len;
    struct image image; /* the newest; rgb NULL: none yet */
    int64_t next_ns;    /* when it is old */
    bool stale;         /* IMAGE and VIEW together were not sent yet */
    bool over;
};

static void say(struct screen_role *self, enum console_state state, const char *why,
                const char *remedy)
{
    struct frame frame = {.type = FRAME_CONSOLE,
                          .u.console = {.state = state,
                                        .exit_status = -1,
                                        .why = (char *)why,
                                        .remedy = remedy && *remedy ? (char *)remedy : NULL}};

    channel_send(self->channel, &frame, NULL);
}

/* ---- what the screen asks ---- */

static void start_viewer(struct screen_role *self)
{
    const char *args[RELAY_VIEWER_ARGS];
    size_t count = self->relay->ops->viewer(self->relay, args);
    struct error err = {0};

    if (viewer_start(args, count, &err) < 0)
        say(self, CONSOLE_OPEN, err.message, err.remedy);
    else
        say(self, CONSOLE_OPEN, NULL, NULL);
}

static void note_press(const struct press *what)
{
    if (what->kind == PRESS_CTRL_ALT_DEL)
        journal("Ctrl-Alt-Del is pressed");
    else if (what->kind == PRESS_CTRL_ALT_F)
        journal("Ctrl-Alt-F%d is pressed", what->number);
    else if (what->kind == PRESS_NMI)
        journal("an NMI is sent");
    else if (what->kind == PRESS_TEXT)
        journal("a line is typed on its screen"); /* which may be a password */
}

static void press(struct screen_role *self, const struct press *what)
{
    struct error err = {0};

    note_press(what);
    if (what->kind == PRESS_VIEWER && !self->no_viewer)
        start_viewer(self);
    else if (what->kind == PRESS_VIEWER)
        say(self, CONSOLE_OPEN, self->no_viewer, NULL);
    else if (self->relay->ops->press(self->relay, what, &err) < 0)
        say(self, CONSOLE_OPEN, err.message, err.remedy);
    else
        say(self, CONSOLE_OPEN, NULL, NULL);
    self->next_ns = clock_mono_ns() + AFTER_PRESS_NS;
}

static void obey(void *user, const struct frame *frame)
{
    struct screen_role *self = user;

    switch (frame->type) {
    case FRAME_VIEW:
        self->stale |= !screen_view_equal(&self->view, &frame->u.view);
        self->view = frame->u.view;
        break;
    case FRAME_PRESS:
        press(self, &frame->u.press);
        break;
    case FRAME_CLOSE:
        self->over = true;
        break;
    default:
        break;
    }
}

/* ---- what it sees ---- */

static int look(struct screen_role *self, struct error *err)
{
    struct image image = {0};
    unsigned char *file;
    size_t len;
    int rc = self->relay->ops->shoot(self->relay, &file, &len, err);

    if (rc < 0)
        return rc;
    self->next_ns = clock_mono_ns() + REFRESH_NS;
    if (self->image.rgb && len == self->file_len && memcmp(file, self->file, len) == 0) {
        free(file);
        return 0;
    }
    free(self->file);
    self->file = file;
    self->file_len = len;
    rc = self->ops->decode(&image, file, len, err);
    if (rc < 0)
        return rc;
    free(self->image.rgb);
    self->image = image;
    self->stale = true;
    return 0;
}

static void send_cells(struct screen_role *self)
{
    struct frame frame = {.type = FRAME_CELLS};

    self->ops->draw(&frame.u.cells, &self->image, &self->view);
    frame.u.cells.no_viewer = self->no_viewer;
    if (channel_send(self->channel, &frame, NULL) == 0)
        self->stale = false;
    frame.u.cells.no_viewer = NULL;
    screen_picture_clear(&frame.u.cells);
}

static void wait_for_work(const struct screen_role *self)
{
    struct pollfd pfd = {.fd = self->channel->fd, .events = POLLIN};
    int64_t wait = (self->next_ns - clock_mono_ns() + NS_PER_MS - 1) / NS_PER_MS;

    /* One that does not take the last picture gets no other. */
    if (channel_pending(self->channel))
        pfd.events |= POLLOUT;
    if (!self->view.shown || channel_pending(self->channel) || wait > BEAT_MS)
        wait = BEAT_MS;
    role_waited(poll(&pfd, 1, wait < 0 ? 0 : (int)wait));
}

static int work(struct screen_role *self, struct error *err)
{
    struct frame beat = {.type = FRAME_BEAT};

    if (channel_pending(self->channel))
        return 0;
    if (self->view.shown && clock_mono_ns() >= self->next_ns) {
        int rc = look(self, err);
        if (rc < 0)
            return rc;
    }
    if (self->stale && self->view.shown && self->image.rgb)
        send_cells(self);
    channel_send(self->channel, &beat, NULL);
    return 0;
}

/* The caller says that it is open, before. */
static void look_on(struct screen_role *self)
{
    struct error err = {0};

    while (!self->over) {
        wait_for_work(self);
        self->over |= !role_listen(self->channel, obey, self);
        if (!self->over && work(self, &err) < 0) {
            say(self, CONSOLE_ENDED, err.message, err.remedy);
            return;
        }
    }
}

void screen_relay(struct role *role, struct relay *relay)
{
    struct screen_role self = {.channel = &role->channel, .relay = relay};
    const char *args[RELAY_VIEWER_ARGS];
    struct error err = {0};
    const void *ops;
    int rc = module_symbol("picture", "picture_ops", "picture", "build vctop with chafa and libpng",
                           &ops, &err);

    if (rc < 0) {
        say(&self, CONSOLE_ENDED, err.message, err.remedy);
        return;
    }
    self.ops = ops;
    self.no_viewer = viewer_missing(relay->ops->viewer && relay->ops->viewer(relay, args) > 0);
    say(&self, CONSOLE_OPEN, NULL, NULL);
    look_on(&self);
    free(self.no_viewer);
    free(self.file);
    free(self.image.rgb);
}
