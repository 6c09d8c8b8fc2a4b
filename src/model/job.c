#include "model/job.h"

#include <stdlib.h>

#include "base/alloc.h"

void job_copy(struct job *dst, const struct job *src)
{
    *dst = *src;
    guest_id_copy(&dst->guest, &src->guest);
    dst->life = xstrdup(src->life);
    dst->name = xstrdup(src->name);
    dst->text = xstrdup(src->text);
    dst->remedy = xstrdup(src->remedy);
}

void job_clear(struct job *job)
{
    guest_id_clear(&job->guest);
    free(job->life);
    free(job->name);
    free(job->text);
    free(job->remedy);
    *job = (struct job){0};
}
