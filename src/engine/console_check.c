/* Whether a console of a guest may be opened now, and why not. */
#include <string.h>

#include "engine/internal.h"

#define CONSOLES_OPEN_MAX 32

static int check_state(const struct engine *engine, const struct guest *guest,
                       enum console_kind kind, struct error *err)
{
    if (kind == CONSOLE_LOG)
        return 0;
    if (strcmp(guest->id.source, "proc") == 0)
        return error_set(err, ERR_UNSUPPORTED, "use what started it", "it is not under libvirt");
    if (guest->facts.kind == KIND_MACHINE && kind == CONSOLE_ATTACH)
        return error_set(err, ERR_UNSUPPORTED, "open its console",
                         "there is no attaching to a machine");
    if (guest->facts.kind == KIND_CONTAINER && kind == CONSOLE_SCREEN)
        return error_set(err, ERR_UNSUPPORTED, "open its console, or attach to it",
                         "a container has no screen");
    if (guest->state == STATE_DENIED)
        return error_set(err, ERR_DENIED, "run vctop as who may, or as root", "%.80s",
                         guest->reason ? guest->reason : "no permission");
    /* A machine that crashed may be kept as it was, to be looked at. */
    if (guest->state == STATE_OFF && !jobs_start(&engine->jobs, &guest->id, clock_mono_ns()))
        return error_set(err, ERR_GONE, "start it first", "it is off");
    if (guest->state == STATE_PAUSED && kind == CONSOLE_ATTACH)
        return error_set(err, ERR_BUSY, "resume it first", "it is frozen");
    return 0;
}

int consoles_check(const struct engine *engine, const struct guest *guest, enum console_kind kind,
                   struct error *err)
{
    int rc;

    if (engine->readonly && kind != CONSOLE_LOG)
        return error_set(err, ERR_DENIED, "start vctop without --readonly", "read-only");
    if (!guest)
        return error_set(err, ERR_GONE, NULL, "the guest is not there any more");
    if (engine->broken)
        return error_set(err, ERR_LOST, "start vctop again", "own spawner died");
    if (engine_console_count(engine) >= CONSOLES_OPEN_MAX)
        return error_set(err, ERR_BUSY, "close some", "%d consoles are open already",
                         CONSOLES_OPEN_MAX);
    rc = check_state(engine, guest, kind, err);
    return rc == 0 && kind == CONSOLE_SCREEN ? screens_check(engine, guest, err) : rc;
}

int engine_console_check(const struct engine *engine, const struct guest_id *id,
                         enum console_kind kind, struct error *err)
{
    return consoles_check(engine, world_find(engine->world, id), kind, err);
}
