"""Adapters as llama.cpp's own convert_lora_to_gguf.py writes them.

    python gguf_adapters.py LLAMA_CPP

with the folder of llama.cpp's sources (that of llama-cpp-python 0.3.16), or with `names` for the last file alone. Writes ../resources/gguf-adapters:
  lora.gguf      adapters/lora for models/llama: queries, whose rows it rearranges, and values
  table.gguf     adapters/patterns, with factors of the table of tokens; it leaves out the patterns
  qwen2/         an adapter of all layers of models/qwen2 as PEFT saves it, and qwen2.gguf
  mixed.gguf     lora.gguf in Q8_0, F16 and BF16, which llama.cpp reads and its script does not write,
                 and mixed.safetensors: its numbers
  plain.gguf     lora.gguf by the writer of the package gguf, with the entries that llama.cpp needs
  names.json     names of the weights of ../resources/models by the table of the package gguf
"""

import json
import os
import re
import subprocess
import sys

import numpy as np
import torch
from gguf import GGMLQuantizationType as T
from gguf import MODEL_ARCH, GGUFReader, GGUFWriter, get_tensor_name_map
from gguf.quants import dequantize, quantize
from peft import LoraConfig, get_peft_model
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import Qwen2ForCausalLM

RESOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources")
OUT = os.path.join(RESOURCES, "gguf-adapters")


def convert(llama_cpp, adapter, base, out, *options):
    subprocess.run(
        [
            sys.executable,
            os.path.join(llama_cpp, "convert_lora_to_gguf.py"),
            adapter,
            "--base",
            os.path.join(RESOURCES, "models", base),
            "--outfile",
            os.path.join(OUT, out),
            *options,
        ],
        check=True,
    )


def qwen2():
    torch.manual_seed(5)
    base = Qwen2ForCausalLM.from_pretrained(os.path.join(RESOURCES, "models/qwen2"), dtype=torch.float32)
    model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", r=3, lora_alpha=6, target_modules="all-linear"))
    with torch.no_grad():
        for key, p in model.named_parameters():
            if "lora_" in key:
                p.copy_(0.3 * torch.randn_like(p))
    model.peft_config["default"].base_model_name_or_path = "qwen2"
    folder = os.path.join(OUT, "qwen2")
    model.save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    return folder


def mixed():
    reader = GGUFReader(os.path.join(OUT, "lora.gguf"))
    writer = GGUFWriter(os.path.join(OUT, "mixed.gguf"), "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8)
    numbers = {}
    for i, tensor in enumerate(reader.tensors):
        values = np.array(tensor.data, dtype=np.float32)
        form = T.Q8_0 if tensor.name.endswith("lora_a") else T.F16 if i % 4 == 1 else T.BF16
        data = quantize(values, form)
        writer.add_tensor(tensor.name, data, raw_dtype=form)
        numbers[tensor.name] = torch.from_numpy(dequantize(data, form).copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(numbers, os.path.join(OUT, "mixed.safetensors"))


def plain():
    reader = GGUFReader(os.path.join(OUT, "lora.gguf"))
    writer = GGUFWriter(os.path.join(OUT, "plain.gguf"), "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8)
    writer.add_bool("a.flag", True)
    writer.add_uint32("a.number", 77)
    for i, tensor in enumerate(reader.tensors):
        values = np.array(tensor.data, dtype=np.float32)
        writer.add_tensor(tensor.name, values.astype(np.float16) if i == 3 else values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def names():
    """As the converter looks them up, without the prefixes that it removes."""
    models = {
        "llama": MODEL_ARCH.LLAMA,
        "mistral": MODEL_ARCH.LLAMA,
        "qwen2": MODEL_ARCH.QWEN2,
        "qwen3": MODEL_ARCH.QWEN3,
        "gemma2": MODEL_ARCH.GEMMA2,
        "gemma3": MODEL_ARCH.GEMMA3,
        "smollm3": MODEL_ARCH.SMOLLM3,
        "granite": MODEL_ARCH.GRANITE,
        "olmo2": MODEL_ARCH.OLMO2,
        "olmo3": MODEL_ARCH.OLMO2,
        "phi3": MODEL_ARCH.PHI3,
        "starcoder2": MODEL_ARCH.STARCODER2,
        "gpt2": MODEL_ARCH.GPT2,
        "bert": MODEL_ARCH.BERT,
        "roberta": MODEL_ARCH.BERT,
        "distilbert": MODEL_ARCH.BERT,
        "t5": MODEL_ARCH.T5,
        "flan-t5": MODEL_ARCH.T5,
    }
    found = {}
    for model, architecture in models.items():
        table = get_tensor_name_map(architecture, 8)
        with safe_open(os.path.join(RESOURCES, "models", model, "model.safetensors"), "np") as file:
            keys = sorted(k for k in file.keys() if k.endswith(".weight"))
        own = {k: table.get_name(re.sub("^(bert|roberta|distilbert)[.]", "", k), (".weight",)) for k in keys}
        found[model] = {k: v for k, v in own.items() if v}
    with open(os.path.join(OUT, "names.json"), "w") as out:
        json.dump(found, out, indent=1, sort_keys=True)


def main():
    if sys.argv[1:] == ["names"]:
        return names()
    llama_cpp = sys.argv[1]
    os.makedirs(OUT, exist_ok=True)
    adapters = os.path.join(RESOURCES, "adapters")
    convert(llama_cpp, os.path.join(adapters, "lora"), "llama", "lora.gguf")
    convert(llama_cpp, os.path.join(adapters, "patterns"), "llama", "table.gguf")
    folder = qwen2()
    convert(llama_cpp, folder, "qwen2", "qwen2.gguf")
    mixed()
    plain()
    names()


if __name__ == "__main__":
    main()
