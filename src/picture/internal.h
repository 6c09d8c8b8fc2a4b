/* What the files of this folder share; nobody else includes this. */
#ifndef VCTOP_PICTURE_INTERNAL_H
#define VCTOP_PICTURE_INTERNAL_H

#include "picture/picture.h"

int ppm_decode(struct image *ret, const unsigned char *data, size_t len, struct error *err);
int png_decode(struct image *ret, const unsigned char *data, size_t len, struct error *err);

/* False, and RET untouched, when IMAGE shows no text in the font of a VGA. */
bool text_draw(struct screen_picture *ret, const struct image *image,
               const struct screen_view *view);
void symbols_draw(struct screen_picture *ret, const struct image *image,
                  const struct screen_view *view);

#endif
