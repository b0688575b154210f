"""Makes src/test/resources/configurations/fields.json: every field of the reference's configurations with its default.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python config_fields.py
A field without a default has the value "required". What shall hold of each is the table of ConfigurationFieldsTest.
"""

import ast
import importlib.metadata
import inspect
import json
import re
from pathlib import Path

import diffusers
from diffusers import (
    AutoencoderKL, LatentConsistencyModelPipeline, StableDiffusionInpaintPipeline, StableDiffusionPipeline,
    StableDiffusionXLInpaintPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from transformers import CLIPTextConfig, CLIPTokenizer

OUT = Path(__file__).resolve().parent.parent / "resources" / "configurations" / "fields.json"
SCHEDULERS = Path(diffusers.__file__).parent / "schedulers"


def plain(value):
    if value is inspect.Parameter.empty:
        return "required"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def fields(cls):
    taken = inspect.signature(cls.__init__).parameters.values()
    return {p.name: plain(p.default) for p in taken if p.name != "self" and p.kind is not p.VAR_KEYWORD}


def tokenizer_fields():
    """What CLIPTokenizer takes, and what the two classes below it set by keyword."""
    return fields(CLIPTokenizer)


def scheduler_fields():
    """Read from the sources, since some schedulers need packages that are not installed."""
    found = {}
    for file in sorted(SCHEDULERS.glob("scheduling_*.py")):
        for node in ast.parse(file.read_text()).body:
            if not isinstance(node, ast.ClassDef) or not node.name.endswith("Scheduler"):
                continue
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    names = [a.arg for a in method.args.args[1:]]
                    values = [ast.unparse(d) for d in method.args.defaults]
                    values = ["required"] * (len(names) - len(values)) + values
                    found[node.name] = dict(zip(names, map(read, values)))
    return found


def read(text):
    try:
        return plain(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return re.sub(r"[\"']", "", text)


def main():
    parts = {c.__name__: fields(c) for c in (UNet2DConditionModel, AutoencoderKL, CLIPTextConfig)}
    parts["CLIPTextConfig"] |= {k: plain(v) for k, v in CLIPTextConfig().to_dict().items() if not k.startswith("_")}
    parts["CLIPTextConfig"].pop("id2label"), parts["CLIPTextConfig"].pop("label2id")
    parts["CLIPTextConfig"] |= {"id2label": None, "label2id": None, "transformers_version": None}
    parts["CLIPTokenizer"] = tokenizer_fields()
    index = {}
    for pipeline in (StableDiffusionPipeline, StableDiffusionXLPipeline, LatentConsistencyModelPipeline,
                     StableDiffusionInpaintPipeline, StableDiffusionXLInpaintPipeline):
        index |= fields(pipeline)
    parts["model_index"] = index
    versions = {n: importlib.metadata.version(n) for n in ("diffusers", "transformers")}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"versions": versions, "parts": parts, "schedulers": scheduler_fields()}, indent=1,
                              sort_keys=True) + "\n")
    print(sum(map(len, parts.values())), "fields,", len(scheduler_fields()), "schedulers")


main()
