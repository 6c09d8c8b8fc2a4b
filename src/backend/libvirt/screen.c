/* The graphical screen of a domain, and its keyboard.  All of it are monitor jobs: where QEMU
 * hangs, these calls never return, and the process is killed. */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <time.h>

#include "backend/libvirt/console.h"
#include "backend/libvirt/identity.h"
#include "backend/libvirt/words.h"
#include "backend/relay.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "model/screen.h"

#define BYTES_MAX ((size_t)64 << 20) /* libvirt knows no bound */
#define CHUNK ((size_t)64 << 10)
#define LIMIT_NS (10 * NS_PER_S) /* of one picture */
#define HOLD_MS 20
#define BETWEEN_NS (50 * NS_PER_MS) /* a QEMU's queue of keys is short */

struct screen {
    struct relay relay;
    virConnectPtr conn;
    virDomainPtr dom;
    const struct lv_uri *where;
    char *uri, *key, *life;
    char uuid[VIR_UUID_STRING_BUFLEN];
};

static int fail(const struct screen *self, const char *doing, struct error *err)
{
    int rc = lv_error(err, virGetLastError(), doing);

    if (lv_is_active(self->dom) == 0)
        return error_set(err, ERR_GONE, "start it, then open its screen again",
                         "the guest went off");
    return rc;
}

/* All that STREAM has to say. */
static int receive(const struct screen *self, virStreamPtr stream, unsigned char **ret,
                   size_t *ret_len, struct error *err)
{
    int64_t until = clock_mono_ns() + LIMIT_NS;
    unsigned char *bytes = NULL;
    size_t len = 0;
    int got, rc = 0;

    do {
        bytes = xrealloc(bytes, len + CHUNK, 1);
        got = virStreamRecv(stream, (char *)bytes + len, CHUNK);
        len += got > 0 ? (size_t)got : 0;
        if (got < 0)
            rc = fail(self, "cannot read its screen", err);
        else if (len > BYTES_MAX)
            rc = error_set(err, ERR_SYNTAX, NULL, "its picture is larger than 64 MB");
        else if (clock_mono_ns() > until)
            rc = error_set(err, ERR_TIMEOUT, "open it again",
                           "its picture has not come within 10 s");
    } while (got > 0 && rc == 0);
    if (rc < 0) {
        free(bytes);
        return rc;
    }
    *ret = bytes;
    *ret_len = len;
    return 0;
}

static int shoot(struct relay *relay, unsigned char **ret, size_t *ret_len, struct error *err)
{
    const struct screen *self = (const struct screen *)relay;
    virStreamPtr stream = virStreamNew(self->conn, 0);
    char *mime = stream ? virDomainScreenshot(self->dom, stream, 0, 0) : NULL;
    int rc;

    if (!mime) {
        rc = fail(self, "cannot see its screen", err);
        if (stream)
            virStreamFree(stream);
        return rc;
    }
    free(mime); /* the bytes say it themselves */
    rc = receive(self, stream, ret, ret_len, err);
    if (rc < 0 || virStreamFinish(stream) < 0)
        virStreamAbort(stream);
    virStreamFree(stream);
    return rc;
}

static int press(struct relay *relay, const struct press *press, struct error *err)
{
    const struct screen *self = (const struct screen *)relay;
    struct press_chord chords[PRESS_TEXT_MAX + 1];
    struct timespec between = {.tv_nsec = BETWEEN_NS};
    size_t count = press_chords(press, chords);

    /* It may have been started anew since it was opened. */
    int rc = lv_check_life(self->dom, self->where, self->key, self->life, err);

    if (rc < 0)
        return rc;
    if (press->kind == PRESS_NMI)
        return virDomainInjectNMI(self->dom, 0) < 0 ? fail(self, "cannot inject an NMI", err) : 0;
    if (!count)
        return error_set(err, ERR_USAGE, NULL, "a US keyboard cannot type this");
    for (size_t i = 0; i < count; i++) {
        if (virDomainSendKey(self->dom, VIR_KEYCODE_SET_LINUX, HOLD_MS, chords[i].keys,
                             (int)chords[i].count, 0) < 0)
            return fail(self, "cannot press its keys", err);
        if (i + 1 < count)
            nanosleep(&between, NULL);
    }
    return 0;
}

static size_t viewer(struct relay *relay, const char **argv)
{
    const struct screen *self = (const struct screen *)relay;

    argv[0] = "--connect";
    argv[1] = self->uri;
    argv[2] = "--";
    argv[3] = self->uuid;
    return 4;
}

static void close_screen(struct relay *relay)
{
    struct screen *self = (struct screen *)relay;

    if (self->dom)
        virDomainFree(self->dom);
    virConnectClose(self->conn);
    free(self->uri);
    free(self->key);
    free(self->life);
    free(self);
}

static const struct relay_ops screen_ops = {
    .shoot = shoot, .press = press, .viewer = viewer, .close = close_screen};

int lv_screen(const struct lv_uri *uri, const struct frame_open *request, struct relay **ret,
              struct error *err)
{
    virConnectPtr conn = NULL;
    struct screen *self;
    int rc = lv_console_connect(uri, &conn, err);

    if (rc < 0)
        return rc;
    self = xcalloc(1, sizeof(*self));
    relay_init(&self->relay, &screen_ops);
    self->conn = conn;
    self->where = uri;
    self->uri = virConnectGetURI(conn);
    self->key = xstrdup(request->key);
    self->life = xstrdup(request->life ? request->life : "");
    rc = lv_console_domain(conn, uri, request, &self->dom, err);
    if (rc == 0 && virDomainGetUUIDString(self->dom, self->uuid) < 0)
        rc = lv_error(err, virGetLastError(), "cannot name it");
    if (rc < 0) {
        relay_close(&self->relay);
        return rc;
    }
    *ret = &self->relay;
    return 0;
}
