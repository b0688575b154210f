"""Pictures in every way that files keep them, resizing, and kohya's buckets: what Pillow and the rules make of them.

    python data_set.py ../resources/data-set
"""
import json
import math
import os
import sys

import numpy as np
from PIL import Image, ImageOps

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
at = lambda name: os.path.join(out, name)


def scene(width, height):
    """Gradients, edges and a fine pattern, different in each corner."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 255 * x / (width - 1)
    green = 127 + 120 * np.sin(x * x / 90.0 + y / 5.0)
    blue = np.where((x // 7 + y // 5) % 2 == 0, 230, 20) * (y / (height - 1))
    return Image.fromarray(np.stack([red, green, blue], axis=-1).round().astype(np.uint8))


def expected(name, image):
    image.convert("RGB").save(at(name + ".expected.png"))


picture = scene(48, 32)
expected("upright", picture)

# EXIF orientation: the stored picture is turned so that looking at it gives the upright one.
stored = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
for tag, turn in stored.items():
    exif = Image.Exif()
    exif[0x112] = tag
    kept = picture if turn is None else picture.transpose(turn)
    kept.save(at(f"orientation-{tag}.png"), exif=exif)
    assert ImageOps.exif_transpose(Image.open(at(f"orientation-{tag}.png"))).tobytes() == picture.tobytes()
    if tag == 6:
        kept.save(at("turned.webp"), lossless=True, exif=exif)
        kept.save(at("turned.jpg"), quality=95, subsampling=0, exif=exif)
        expected("turned", ImageOps.exif_transpose(Image.open(at("turned.jpg"))))

# Ways to keep pixels.
picture.save(at("colour.webp"), lossless=True)
y, x = np.mgrid[0:80, 0:96].astype(np.float64)
smooth = np.stack([255 * x / 95, 127 + 120 * np.sin(x / 20 + y / 15), 255 * y / 79], axis=-1)
Image.fromarray(smooth.round().astype(np.uint8)).save(at("lossy.webp"), quality=90)
expected("lossy", Image.open(at("lossy.webp")))
gray = picture.convert("L")
gray.save(at("gray.png"))
gray.save(at("gray.jpg"), quality=95)
expected("gray-jpeg", Image.open(at("gray.jpg")))
expected("gray", gray)
wide = np.asarray(gray).astype(np.uint16) * 257
Image.fromarray(wide).save(at("gray16.png"))
palette = picture.quantize(16)
palette.save(at("palette.png"))
expected("palette", palette)
bits = picture.convert("1")
bits.save(at("bits.png"))
expected("bits", bits)
picture.convert("CMYK").save(at("cmyk.jpg"), quality=100, subsampling=0)
expected("cmyk", Image.open(at("cmyk.jpg")))
alpha = gray.point(lambda v: 255 - v)
clear = picture.copy()
clear.putalpha(alpha)
clear.save(at("alpha.png"))
clear.save(at("alpha.webp"), lossless=True, exact=True)
Image.merge("LA", (gray, alpha)).save(at("gray-alpha.png"))
for name, colour in {"white": (255, 255, 255), "magenta": (255, 0, 255)}.items():
    own = np.asarray(picture).astype(np.int64)
    share = np.asarray(alpha).astype(np.int64)[..., None]
    mixed = (own * share + np.array(colour) * (255 - share) + 127) // 255
    expected("alpha-" + name, Image.fromarray(mixed.astype(np.uint8)))

# Resizing.
large = scene(97, 71)
large.save(at("large.png"))
for width, height in [(32, 32), (20, 60), (140, 90), (97, 25)]:
    expected(f"large-{width}x{height}", large.resize((width, height), Image.LANCZOS))


# Buckets, written down from the description of kohya's sd-scripts.
def sizes(resolution, least, most, step):
    area = resolution[0] * resolution[1]
    side = int(math.sqrt(area) // step) * step
    found = {(side, side)}
    for width in range(least, most + 1, step):
        height = min(most, area // width // step * step)
        if height >= least:
            found |= {(width, height), (height, width)}
    return sorted(found)


def covering(resolution, least, most, step, width, height):
    all_sizes = sizes(resolution, least, most, step)
    aspect = width / height
    if (width, height) in all_sizes:
        bucket = (width, height)
    else:
        off = np.abs(np.array([w / h for w, h in all_sizes]) - aspect)
        bucket = all_sizes[int(off.argmin())]
    scale = bucket[1] / height if aspect > bucket[0] / bucket[1] else bucket[0] / width
    return bucket, (int(width * scale + 0.5), int(height * scale + 0.5))


def shrinking(resolution, step, width, height):
    area = resolution[0] * resolution[1]
    aspect = width / height
    size = (width, height)
    if width * height > area:
        stepped = lambda x: int(x + 0.5) // step * step
        across = math.sqrt(area * aspect)
        down = area / across
        w, h = stepped(across), stepped(down)
        by_width = w / stepped(w / aspect)
        by_height = stepped(h * aspect) / h
        if abs(by_width - aspect) < abs(by_height - aspect):
            size = (w, int(w / aspect + 0.5))
        else:
            size = (int(h * aspect + 0.5), h)
    return (size[0] - size[0] % step, size[1] - size[1] % step), size


settings = [
    ((512, 512), 256, 1024, 64),
    ((1024, 1024), 512, 2048, 64),
    ((768, 512), 320, 960, 32),
    ((64, 64), 32, 128, 8),
]
pictures = [(512, 512), (1920, 1080), (1080, 1920), (640, 480), (333, 777), (4000, 1000), (1024, 256), (90, 91), (600, 601)]
cases = []
for resolution, least, most, step in settings:
    case = {
        "resolution": resolution,
        "least": least,
        "most": most,
        "step": step,
        "sizes": sizes(resolution, least, most, step),
        "pictures": [],
    }
    for size in pictures:
        bucket, resized = covering(resolution, least, most, step, *size)
        shrunk, kept = shrinking(resolution, step, *size)
        case["pictures"].append(
            {"size": size, "bucket": bucket, "resized": resized, "shrunk": shrunk, "kept": kept}
        )
    cases.append(case)
with open(at("buckets.json"), "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
