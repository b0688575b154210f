"""A shard as img2dataset writes it: its writer of WebDataset, webdataset.TarWriter, with the members it makes.

Writes ../../resources/archives/00000.tar: three pictures of 96x64, 80x80 and 64x96, each with .jpg, .txt and .json; the
second one's caption is not ASCII, and the third has no .txt, as a picture without a caption in the list of URLs has.
"""

import io
import json
import os

import numpy
import webdataset
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "..", "resources", "archives")
SIZES = [(96, 64), (80, 80), (64, 96)]
CAPTIONS = ["a red fox in the snow", "une forêt en été", None]


def picture(number, width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    rgb = numpy.stack([x * 2, y * 2, numpy.full_like(x, 80 * number)], axis=-1).astype(numpy.uint8)
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


os.makedirs(OUT, exist_ok=True)
with open(os.path.join(OUT, "00000.tar"), "wb") as file:
    # img2dataset's own call, but for the time.
    writer = webdataset.TarWriter(file, mtime=0)
    for number, ((width, height), caption) in enumerate(zip(SIZES, CAPTIONS)):
        meta = {
            "caption": caption,
            "url": f"https://example.org/{number}.jpg",
            "key": f"{number:09d}",
            "status": "success",
            "error_message": None,
            "width": width,
            "height": height,
            "exif": "{}",
        }
        sample = {"__key__": f"{number:09d}", "jpg": picture(number, width, height)}
        if caption is not None:
            sample["txt"] = caption
        sample["json"] = json.dumps(meta, indent=4)
        writer.write(sample)
    writer.close()
