/* Pictures of screens: from the bytes of a file to the cells of a terminal.  A module of its own,
 * for the libraries that it needs are for nothing else; opened in the process of one console, for
 * what it decodes is a guest's.  No thread, no state. */
#ifndef VCTOP_PICTURE_PICTURE_H
#define VCTOP_PICTURE_PICTURE_H

#include <stddef.h>

#include "base/error.h"
#include "model/screen.h"

#define PICTURE_BYTES_MAX ((size_t)64 << 20) /* of a file */

struct image {
    int width, height;  /* 1 to SCREEN_PIXELS_MAX */
    unsigned char *rgb; /* three bytes a pixel, row by row, owned */
};

struct picture_ops {
    /* PPM (P6) or PNG; ERR_SYNTAX when it is neither, broken, or too large. */
    int (*decode)(struct image *ret, const unsigned char *data, size_t len, struct error *err);

    /* What VIEW is to show of IMAGE: its text when that can be read, else the picture.  RET, which
     * is overwritten, has all but no_viewer. */
    void (*draw)(struct screen_picture *ret, const struct image *image,
                 const struct screen_view *view);
};

/* What the module exports. */
extern const struct picture_ops picture_ops;

#endif
