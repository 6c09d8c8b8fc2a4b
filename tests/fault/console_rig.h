/* Drives consoles on the engine's level: a real spawner, real children, and no screen. */
#ifndef VCTOP_TESTS_CONSOLE_RIG_H
#define VCTOP_TESTS_CONSOLE_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/consoles.h"
#include "engine/engine.h"

#define CONSOLE_SEEN_MAX ((size_t)64 << 10)
#define CONSOLE_LIMIT_S 60

struct console_rig {
    struct engine *engine;
    pid_t spawner;
    const char *source;
    char seen[CONSOLE_SEEN_MAX + 1]; /* the end of what was taken, NUL bytes left out */
    size_t seen_len;
    uint64_t taken;
    bool hold;       /* take nothing */
    uint32_t opened; /* the newest console's number; they count from 1 */
};

/* First thing in main(): the spawner starts this program again, which becomes vctop in a role. */
void console_rig_main(int argc, char **argv);

/* Watches SOURCE ("sim", "lxc:PATH", ...; SPEC for the spawner or NULL). */
struct console_rig *console_rig_new(const char *source, const char *spec, bool readonly);
/* Ends everything and waits until the whole family is gone. */
void console_rig_free(struct console_rig *rig);

/* One turn of at most 50 ms; takes the output of CONSOLE (0: of none). */
void console_rig_turn(struct console_rig *rig, uint32_t console);
/* Waits until a guest of this name is known in that state (STATE_COUNT: any) and gives its
 * identity, which stays the world's. */
const struct guest *console_rig_guest(struct console_rig *rig, const char *name,
                                      enum guest_state state);

/* Opens and fails the test when it cannot be asked for; returns its number. */
uint32_t console_rig_open(struct console_rig *rig, const char *guest,
                          const struct console_request *like);
/* Waits until it is in STATE; what it is then. */
const struct console *console_rig_state(struct console_rig *rig, uint32_t console,
                                        enum console_state state);
void console_rig_type(struct console_rig *rig, uint32_t console, const char *text);
/* Waits until TEXT was seen since the last call, and forgets what was seen up to it. */
void console_rig_see(struct console_rig *rig, uint32_t console, const char *text);
/* The same, but at most SECONDS; false when it did not come. */
bool console_rig_sees(struct console_rig *rig, uint32_t console, const char *text, int seconds);
/* Closes it and waits until its process is gone. */
void console_rig_close(struct console_rig *rig, uint32_t console);
/* Processes of the family that play ROLE ("console", "log"); the last one's pid in *PID. */
int console_rig_children(const struct console_rig *rig, const char *role, pid_t *pid);

#endif
