#include <png.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "picture/internal.h"

int png_decode(struct image *ret, const unsigned char *data, size_t len, struct error *err)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    unsigned char *rgb;

    /* Its size first: nothing is allocated for what a header merely claims. */
    if (!png_image_begin_read_from_memory(&png, data, len))
        return error_set(err, ERR_SYNTAX, NULL, "its picture is a broken PNG: %.60s", png.message);
    if (!png.width || !png.height || png.width > SCREEN_PIXELS_MAX ||
        png.height > SCREEN_PIXELS_MAX) {
        png_image_free(&png);
        return error_set(err, ERR_SYNTAX, NULL, "its picture has more than %d pixels a side",
                         SCREEN_PIXELS_MAX);
    }
    png.format = PNG_FORMAT_RGB;
    rgb = xmalloc(PNG_IMAGE_SIZE(png));
    /* What is transparent is black. */
    if (!png_image_finish_read(&png, &(png_color){0}, rgb, 0, NULL)) {
        free(rgb);
        png_image_free(&png);
        return error_set(err, ERR_SYNTAX, NULL, "its picture is a broken PNG: %.60s", png.message);
    }
    ret->width = (int)png.width;
    ret->height = (int)png.height;
    ret->rgb = rgb;
    return 0;
}
