/* Scope cleanup: `CLEANUP_FREE char *p = ...;`, with move_ptr()/move_fd() to keep what is inside.
 */
#ifndef VCTOP_BASE_CLEANUP_H
#define VCTOP_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *slot)
{
    free(*(void **)slot);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        fclose(*file);
}

static inline void cleanup_closedir(DIR **dir)
{
    if (*dir)
        closedir(*dir);
}

static inline int move_fd(int *fd)
{
    int kept = *fd;
    *fd = -1;
    return kept;
}

#define CLEANUP_FREE __attribute__((cleanup(cleanup_free)))
#define CLEANUP_CLOSE __attribute__((cleanup(cleanup_close)))
#define CLEANUP_FCLOSE __attribute__((cleanup(cleanup_fclose)))
#define CLEANUP_CLOSEDIR __attribute__((cleanup(cleanup_closedir)))
#define move_ptr(slot) \
    __extension__({ \
        __typeof__(*(slot)) kept_ = *(slot); \
        *(slot) = NULL; \
        kept_; \
    })

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
