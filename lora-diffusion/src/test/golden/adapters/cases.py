"""What every script of cases adds to: adapters by file name, and golden latents by case."""

import json
import shutil

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from bases import GUIDANCE, NEGATIVE, OUT, PROMPT, STEPS, latents, pipeline, start

GOLDEN = {}
CASES = []
PLAIN = {}


def part(file, weight=1.0, shares=None):
    """One adapter: its file, its weight, and what of that counts where a name begins so (1 elsewhere)."""
    return {"file": file, "weight": weight, "shares": shares or {}}


def record(name, base, parts, pipe):
    """Keeps what the pipeline, which has its adapters, makes; it must differ from what the base alone makes."""
    if base not in PLAIN:
        PLAIN[base] = latents(pipeline(base), base)
        GOLDEN[f"{base}.start"], GOLDEN[f"{base}.plain"] = start(base), PLAIN[base]
    found = latents(pipe, base)
    effect = ((found - PLAIN[base]).abs().max() / PLAIN[base].abs().max()).item()
    assert torch.isfinite(found).all() and 0.02 < effect < 10, (name, effect)
    GOLDEN[name] = found
    CASES.append({"name": name, "base": base, "parts": parts})
    size = sum(f.stat().st_size for p in parts for f in files(OUT / p["file"]))
    print(f"{name:28} effect {effect:6.3f}  {size / 1000:6.1f} kB", flush=True)


def files(path):
    return [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())


def keep(file, tensors, metadata=None):
    """Writes an adapter's file; what goes beyond the reference's own writer is nothing."""
    OUT.mkdir(exist_ok=True)
    save_file({k: v.detach().contiguous().clone() for k, v in tensors.items()}, OUT / file, metadata=metadata)


def halved(file):
    """The same file with factors in F16, which everybody computes with in F32."""
    with safe_open(OUT / file, "pt") as opened:
        metadata = opened.metadata()
    tensors = {k: v.half() if v.is_floating_point() else v for k, v in load_file(OUT / file).items()}
    keep(file, tensors, metadata)


def begin():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)


def end():
    tensors = {k: v.detach().float().contiguous().clone() for k, v in GOLDEN.items()}
    told = {"cases": json.dumps(CASES), "prompt": PROMPT, "negative": NEGATIVE, "steps": str(STEPS),
            "guidance": str(GUIDANCE)}
    save_file(tensors, OUT / "golden.safetensors", metadata=told)
    print(sum(f.stat().st_size for f in files(OUT)) // 1000, "kB in all")
