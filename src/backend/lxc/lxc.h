/* The instance of the LXC backend: one lxcpath. */
#ifndef VCTOP_BACKEND_LXC_LXC_H
#define VCTOP_BACKEND_LXC_LXC_H

#include "backend/backend.h"
#include "backend/lxc/guest.h"
#include "backend/lxc/hints.h"
#include "backend/lxc/monitor.h"
#include "backend/lxc/roster.h"

struct lxc_sampler; /* made at the first tick: jobs and probes have none */

struct lxc_backend {
    struct backend base;
    struct lxc_path path;
    struct lxc_sampler *sampler;
};

extern const struct backend_ops backend_lxc_ops;

/* sampler.c */
void lxc_sampler_free(struct lxc_sampler *sampler);
void lxc_tick(struct backend *backend, const struct want *want, struct sink *sink, int64_t at_ns);
void lxc_parts(struct backend *backend, const struct want *want, struct sink *sink);
size_t lxc_poll_fds(struct backend *backend, struct pollfd *fds);
bool lxc_ready(struct backend *backend, const struct want *want, struct sink *sink,
               const struct pollfd *fds, size_t count);

/* act.c */
int lxc_act(struct backend *backend, const struct frame_do *request, struct progress *progress,
            struct error *err);

/* ask.c */
int lxc_ask(struct backend *backend, const struct frame_ask *request, struct frame_answer *answer,
            struct error *err);

/* console.c */
int lxc_console(struct backend *backend, const struct frame_open *request, struct relay **ret,
                struct error *err);

/* A name that can be a folder of the lxcpath and nothing else. */
bool lxc_name_is_sane(const char *name);

#endif
