"""Weights packed by GPTQ and AWQ, and what these programs make of them.

    python packed.py AUTO_GPTQ AUTO_AWQ

with the folders of the unpacked packages auto_gptq 0.7.1 and autoawq 0.2.9, of which two files are
used: QuantLinear of qlinear_cuda.py packs and multiplies without a graphics card, packing_utils.py
unpacks. Writes ../../resources/dev/lora4j/core/model/packed:
  CASE.safetensors   layer.qweight, .qzeros, .scales, .g_idx, and expected: the weight [out, in] in F16
  CASE.json          its quantization_config
  llama-gptq, llama-awq   whole models of transformers with such layers, and beside them
                     NAME-expected.safetensors: their weights as numbers in F16
"""

import importlib.util
import json
import os
import shutil
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../resources/dev/lora4j/core/model/packed")


def module(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


GPTQ = module(os.path.join(sys.argv[1], "auto_gptq/nn_modules/qlinear/qlinear_cuda.py"), "qlinear").QuantLinear
AWQ = module(os.path.join(sys.argv[2], "awq/utils/packing_utils.py"), "packing")


def rounding(weight, bits, group, zero):
    """Scales and zero points [out, groups] of a weight [out, in]; zero points are 1 or more."""
    out, columns = weight.shape
    parts = weight.reshape(out, columns // group, group)
    low, high = parts.amin(2).clamp(max=0), parts.amax(2).clamp(min=0)
    scales = ((high - low) / (2**bits - 1)).clamp(min=1e-4).half().float()
    zeros = torch.round(-low / scales).clamp(1, 2**bits - 1)
    return scales, torch.full_like(zeros, zero) if zero else zeros


def gptq(weight, bias, bits, group, order, sym):
    out, columns = weight.shape
    size = columns if group < 0 else group
    scales, zeros = rounding(weight, bits, size, 2 ** (bits - 1) if sym else 0)
    linear = torch.nn.Linear(columns, out, bias=bias is not None)
    linear.weight.data = weight.clone()
    if bias is not None:
        linear.bias.data = bias
    groups = torch.arange(columns, dtype=torch.int32) // size
    if order:
        groups = groups[torch.randperm(columns)]
    layer = GPTQ(bits, group, columns, out, bias is not None, weight_dtype=torch.float16)
    with torch.no_grad():
        # What does not fit into the bits would spill into neighbours.
        s, z = scales.t()[groups.long()].t(), zeros.t()[groups.long()].t()
        linear.weight.data = (torch.round(weight / s + z).clamp(0, 2**bits - 1) - z) * s
        layer.pack(linear.float(), scales.clone(), zeros.clone(), groups)
        layer.scales = layer.scales.half()
        layer.bias = None
        dense = layer(torch.eye(columns, dtype=torch.float16)).t().contiguous()
    tensors = {
        "qweight": layer.qweight,
        "qzeros": layer.qzeros,
        "scales": layer.scales,
        "g_idx": layer.g_idx.to(torch.int32),
    }
    return {k: v.contiguous() for k, v in tensors.items()}, dense


def awq(weight, group):
    """Packed by the definition in WQLinear_GEMM.from_linear, unpacked by AutoAWQ's own functions."""
    scales, zeros = rounding(weight, 4, group, 0)
    s, z = scales.t().contiguous(), zeros.t().contiguous().int()
    rows = torch.arange(weight.shape[1]) // group
    codes = torch.round(weight.t() / s[rows] + z[rows]).clamp(0, 15).int()

    def pack(values):
        words = torch.zeros(values.shape[0], values.shape[1] // 8, dtype=torch.int32)
        for column in range(words.shape[1]):
            for i, place in enumerate([0, 2, 4, 6, 1, 3, 5, 7]):
                words[:, column] |= values[:, column * 8 + place] << (i * 4)
        return words

    qweight, qzeros = pack(codes), pack(z)
    dense = AWQ.dequantize_gemm(qweight, qzeros, s.half(), 4, group).t().contiguous()
    return {"qweight": qweight, "qzeros": qzeros, "scales": s.half()}, dense


def gptq_config(bits, group, order=False, sym=False, form="gptq"):
    return dict(
        bits=bits,
        group_size=group,
        desc_act=order,
        sym=sym,
        quant_method="gptq",
        checkpoint_format=form,
        damp_percent=0.01,
        true_sequential=True,
        static_groups=False,
        lm_head=False,
        model_name_or_path=None,
        model_file_base_name="model",
    )


def awq_config(group):
    return dict(bits=4, group_size=group, quant_method="awq", version="gemm", zero_point=True, modules_to_not_convert=None)


def save(name, tensors, dense, config):
    save_file({**{"layer." + k: v for k, v in tensors.items()}, "expected": dense}, os.path.join(OUT, name + ".safetensors"))
    with open(os.path.join(OUT, name + ".json"), "w") as out:
        json.dump(config, out, indent=1)


def cases():
    for bits in (2, 3, 4, 8):
        weight = 0.1 * torch.randn(96, 64)
        save(f"gptq-{bits}", *gptq(weight, None, bits, 32, False, False), gptq_config(bits, 32))
    weight = 0.1 * torch.randn(64, 128)
    save("gptq-order", *gptq(weight, None, 4, 32, True, True), gptq_config(4, 32, True, True))
    tensors, dense = gptq(weight, None, 3, -1, False, True)
    save("gptq-column", tensors, dense, gptq_config(3, -1, sym=True))
    tensors, dense = gptq(weight, None, 4, 64, False, False)
    second = dict(tensors)
    del second["g_idx"]  # newer packers leave it out where it says nothing
    second["qzeros"] = tensors["qzeros"] + 0x11111111  # none is 15
    save("gptq-second", second, dense, gptq_config(4, 64, form="gptq_v2"))
    save("awq", *awq(weight, 32), awq_config(32))


def model(name, shards, pack, config):
    torch.manual_seed(11)
    sizes = LlamaConfig(
        vocab_size=64,
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        initializer_range=0.2,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
    )
    plain = LlamaForCausalLM(sizes).half()
    folder = os.path.join(OUT, name)
    shutil.rmtree(folder, ignore_errors=True)
    plain.save_pretrained(folder)
    state = load_file(os.path.join(folder, "model.safetensors"))
    os.remove(os.path.join(folder, "model.safetensors"))
    packed, expected = {}, {}
    for key, tensor in state.items():
        layer = key.removesuffix(".weight")
        if key.endswith("_proj.weight"):
            tensors, dense = pack(tensor.float())
            packed.update({f"{layer}.{k}": v for k, v in tensors.items()})
            if shards == 1:
                # Packers of 2023 gave each layer a bias.
                packed[layer + ".bias"] = torch.zeros(tensor.shape[0], dtype=torch.float16)
            expected[key] = dense
        else:
            packed[key] = tensor
            expected[key] = tensor
    keys = sorted(packed)
    if shards == 1:
        save_file(packed, os.path.join(folder, "model.safetensors"), {"format": "pt"})
    else:
        # So that parts of one weight lie in two files.
        places = {k: f"model-{1 + i * shards // len(keys):05}-of-{shards:05}.safetensors" for i, k in enumerate(keys)}
        for file in set(places.values()):
            save_file({k: packed[k] for k in keys if places[k] == file}, os.path.join(folder, file), {"format": "pt"})
        with open(os.path.join(folder, "model.safetensors.index.json"), "w") as out:
            json.dump({"metadata": {"total_size": 0}, "weight_map": places}, out, indent=1)
    save_file({k: v.contiguous() for k, v in expected.items()}, os.path.join(OUT, name + "-expected.safetensors"))
    path = os.path.join(folder, "config.json")
    with open(path) as file:
        settings = json.load(file)
    settings["quantization_config"] = config
    with open(path, "w") as file:
        json.dump(settings, file, indent=1)
    with open(os.path.join(folder, "quantize_config.json"), "w") as file:
        json.dump(config, file, indent=1)
    with open(os.path.join(folder, "vocab.txt"), "w") as file:
        file.write("a\nb\n")


def main():
    os.makedirs(OUT, exist_ok=True)
    torch.manual_seed(3)
    cases()
    model("llama-gptq", 1, lambda w: gptq(w, None, 4, 32, True, False), gptq_config(4, 32, True))
    model("llama-awq", 3, lambda w: awq(w, 32), awq_config(32))


main()
