"""Adapters of every method, made by LyCORIS and PEFT, with what they do to small layers.

Each case has the tensors that a file would have for one layer, the layer's weight after merging at
some strengths, and the layer's output. The truth is the reference's own code run in float64; the
error of the same code in float32 is recorded beside it.
"""

import json
import pathlib

from safetensors.torch import save_file

import of_lycoris, of_peft, of_formulas  # noqa: F401, they record cases
from layers import LAYERS, cases, tensors

OUT = pathlib.Path(__file__).parent / "../../resources/dev/lora4j/core/adapter/methods"

OUT.mkdir(parents=True, exist_ok=True)
layers = {
    name: dict(kind=kind, weight=list(shape), groups=groups) for name, (kind, shape, groups) in LAYERS.items()
}
lines = ",\n".join(json.dumps(case) for case in cases)
(OUT / "cases.json").write_text(f'{{"layers": {json.dumps(layers)},\n"cases": [\n{lines}\n]}}\n')
save_file(tensors, OUT / "tensors.safetensors")
print(len(cases), "cases,", sum(t.numel() * t.element_size() for t in tensors.values()), "bytes")
