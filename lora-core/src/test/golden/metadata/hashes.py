"""Writes ../../resources/dev/lora4j/core/format/metadata: adapters by the reference writer, and their hashes.

hashes.tsv has one line per file: name, SHA-256 of the file, of what follows the header, of the 64 KiB at 1 MiB (8
digits), and the two hashes that sd-scripts writes into files (library/train_util.py at 48d368fa), by their definition:
the tensors are serialised again with the ss_ entries alone. Files over 1 MiB are not kept: the test makes them again,
tensor "w" of byte i = i * 131 mod 251, and compares their SHA-256 with the one here.
"""
import hashlib
import pathlib

import safetensors.torch
import torch

OUT = pathlib.Path(__file__).parent / "../../resources/dev/lora4j/core/format/metadata"
LINES = []


def sha(data):
    return hashlib.sha256(data).hexdigest()


def payload(data):
    return data[8 + int.from_bytes(data[:8], "little"):]


def window(data):
    return sha(data[0x100000:0x110000])[:8]


def golden(name, tensors, metadata, keep):
    data = safetensors.torch.save(tensors, metadata)
    again = safetensors.torch.save(tensors, {k: v for k, v in metadata.items() if k.startswith("ss_")})
    LINES.append("\t".join(
        [name, sha(data), sha(payload(data)), window(data), sha(payload(again)), window(again)]))
    if keep:
        (OUT / name).write_bytes(data)


def pattern(count):
    return (torch.arange(count, dtype=torch.int64) * 131 % 251).to(torch.uint8)


def shuffled(name, tensors, metadata):
    """A file whose tensors lie in another order than the reference writer's."""
    import json
    import struct

    header, parts, at = {"__metadata__": metadata}, [], 0
    for key in sorted(tensors, reverse=True):
        raw = payload(safetensors.torch.save({"t": tensors[key]}))
        kind = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}[tensors[key].dtype]
        header[key] = {"dtype": kind, "shape": list(tensors[key].shape), "data_offsets": [at, at + len(raw)]}
        parts.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    data = struct.pack("<Q", len(text)) + text + b"".join(parts)
    again = safetensors.torch.save(tensors, {k: v for k, v in metadata.items() if k.startswith("ss_")})
    LINES.append("\t".join(
        [name, sha(data), sha(payload(data)), window(data), sha(payload(again)), window(again)]))
    (OUT / name).write_bytes(data)


OUT.mkdir(parents=True, exist_ok=True)
torch.manual_seed(0)
small = {
    "lora_unet_a.lora_down.weight": torch.randn(2, 3).half(),
    "lora_unet_a.lora_up.weight": torch.randn(4, 2).half(),
    "lora_unet_a.alpha": torch.tensor(2.0),
    "lora_unet_b.lora_down.weight": torch.randn(2, 3).bfloat16(),
}
golden("plain.safetensors", small, {"ss_output_name": "ink"}, True)
golden("mixed.safetensors", small, {"modelspec.title": "Ink \U0001f58b"}, True)
shuffled("shuffled.safetensors", small, {"ss_output_name": "ink", "modelspec.title": "Ink"})
large = {"w": pattern(0x100000 + 100_000)}
golden("large", large, {"ss_output_name": "ink"}, False)
# More of a header than the ss_ entries need, so that the window of the two hashes differs.
golden("large-titled", large, {"modelspec.title": "x" * 1000}, False)
(OUT / "hashes.tsv").write_text("\n".join(LINES) + "\n")
