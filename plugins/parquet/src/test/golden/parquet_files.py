"""Parquet files with pictures, as the Hugging Face Hub has them.

Writes ../resources:
  hub.parquet         Dataset.to_parquet of datasets: image (Image), text, and a column that nobody uses; five rows, of
                      which one has no text and one no image; groups of two rows
  hub.txt             its rows: number, SHA-256 of the image's bytes or -, text or -
  CODEC.parquet       the same table by pyarrow, packed as snappy, gzip, zstd, lz4, brotli
  plain.parquet       columns of bytes: jpg, caption and prompt, of pages of version 2.0 with a dictionary
  columns.parquet     no column of pictures by a usual name: photo, words, and images, a list of them
"""

import hashlib
import io
import os

import numpy
import pyarrow
import pyarrow.parquet
from datasets import Dataset, Features, Image, Value
from PIL import Image as Picture

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "resources")
TEXTS = ["a red fox", "une forêt en été", None, "a boat", "a lamp"]


def picture(number, form):
    y, x = numpy.mgrid[0:16, 0:24]
    rgb = numpy.stack([x * 5, y * 9, numpy.full_like(x, 40 * number)], axis=-1).astype(numpy.uint8)
    buffer = io.BytesIO()
    Picture.fromarray(rgb).save(buffer, form)
    return buffer.getvalue()


os.makedirs(OUT, exist_ok=True)
forms = ["PNG", "JPEG", "WEBP", "PNG", "BMP"]
bytes_of = [picture(i, forms[i]) for i in range(5)]
bytes_of[3] = None
images = [None if b is None else {"bytes": b, "path": f"{i}.{forms[i].lower()}"} for i, b in enumerate(bytes_of)]

features = Features({"image": Image(), "text": Value("string"), "width": Value("int32")})
table = Dataset.from_dict({"image": images, "text": TEXTS, "width": [24] * 5}, features=features)
table.to_parquet(os.path.join(OUT, "hub.parquet"), batch_size=2)
with open(os.path.join(OUT, "hub.txt"), "w", encoding="utf-8", newline="\n") as file:
    for i, (data, text) in enumerate(zip(bytes_of, TEXTS)):
        file.write(f"{i}\t{hashlib.sha256(data).hexdigest() if data else '-'}\t{text or '-'}\n")

stored = pyarrow.parquet.read_table(os.path.join(OUT, "hub.parquet"))
for codec in ["snappy", "gzip", "zstd", "lz4", "brotli"]:
    pyarrow.parquet.write_table(stored, os.path.join(OUT, codec + ".parquet"), compression=codec)

jpeg = [picture(i, "JPEG") for i in range(3)]
pyarrow.parquet.write_table(
    pyarrow.table({"caption": ["same", "same", "other"], "prompt": ["p0", "p1", "p2"], "jpg": jpeg}),
    os.path.join(OUT, "plain.parquet"),
    data_page_version="2.0",
    compression="zstd",
)
pyarrow.parquet.write_table(
    pyarrow.table({"photo": jpeg[:1], "words": ["a photo"], "images": [jpeg[:2]]}),
    os.path.join(OUT, "columns.parquet"),
)
