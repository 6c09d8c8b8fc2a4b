#include "picture/picture.h"

#include <string.h>

#include "picture/internal.h"

static int decode(struct image *ret, const unsigned char *data, size_t len, struct error *err)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    if (len > PICTURE_BYTES_MAX)
        return error_set(err, ERR_SYNTAX, NULL, "its picture is too large");
    if (len >= sizeof(png) && memcmp(data, png, sizeof(png)) == 0)
        return png_decode(ret, data, len, err);
    return ppm_decode(ret, data, len, err);
}

static void draw(struct screen_picture *ret, const struct image *image,
                 const struct screen_view *view)
{
    *ret =
        (struct screen_picture){.width = image->width, .height = image->height, .zoom = view->zoom};
    if (view->zoom > 1 || !text_draw(ret, image, view))
        symbols_draw(ret, image, view);
}

const struct picture_ops picture_ops = {.decode = decode, .draw = draw};
