import torch.nn.functional as F

from cases import case, write

picture = (2, 3, 5, 4)


def size(name, height, width, **settings):
    case(name, lambda x: F.interpolate(x, (height, width), **settings), x=picture)


case("upsample_nearest", lambda x: F.interpolate(x, scale_factor=3), x=(2, 3, 5, 2))
size("nearest", 7, 3)
size("nearest_exact", 7, 3, mode="nearest-exact")
size("bilinear", 3, 8, mode="bilinear")
size("bilinear_aligned", 3, 8, mode="bilinear", align_corners=True)
size("bilinear_antialiased", 2, 3, mode="bilinear", antialias=True)
size("bicubic", 7, 3, mode="bicubic")
size("bicubic_aligned", 9, 1, mode="bicubic", align_corners=True)
size("bicubic_antialiased", 3, 2, mode="bicubic", antialias=True)
case("bicubic_transposed", lambda x: F.interpolate(x.transpose(2, 3), (6, 4), mode="bicubic"), x=picture)
case("nearest_by", lambda x: F.interpolate(x, scale_factor=(1.7, 0.6)), x=picture)
case("bilinear_by", lambda x: F.interpolate(x, scale_factor=(1.7, 0.6), mode="bilinear"), x=picture)
case(
    "bicubic_antialiased_by",
    lambda x: F.interpolate(x, scale_factor=(0.4, 1.3), mode="bicubic", antialias=True),
    x=picture,
)
write("resampleops")
