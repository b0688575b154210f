"""The denoiser of tiny-sd alone in GGUF, as tools/convert.py and the quantiser of ComfyUI-GGUF write it.

Writes ../resources/tiny-sd-denoiser.gguf: names of first publication without model.diffusion_model.,
weights of one dimension in F32, all others in Q8_0, in rows of 256 with their shape beside them where
their own rows are no whole blocks (in F32 where rows of 256 do not come out even); and
tiny-sd-denoiser.safetensors: numbers of some weights as the package gguf unpacks them, by diffusers' names.
"""

from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import dequantize, quantize
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parents[1] / "resources"
Q8 = gguf.GGMLQuantizationType.Q8_0
PREFIX = "model.diffusion_model."
KEPT = [
    "conv_in.weight",
    "down_blocks.0.resnets.0.conv1.weight",
    "down_blocks.0.resnets.0.conv1.bias",
    "mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight",
    "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
]


def main():
    weights = load_file(HERE / "tiny-sd/unet/diffusion_pytorch_model.safetensors")
    writer = gguf.GGUFWriter(HERE / "tiny-sd-denoiser.gguf", "sd1")
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    kept, reshaped = {}, 0
    for line in (HERE / "original-layout/sd1.tsv").read_text().splitlines():
        key, how, source = line.split("\t")
        if not key.startswith(PREFIX):
            continue
        name = source.removeprefix("unet:")
        data = weights[name].float().numpy()
        if how == "conv":
            data = data.reshape(*data.shape, 1, 1)
        assert how in ("same", "conv"), how
        key, shape = key.removeprefix(PREFIX), data.shape
        plain = data.ndim == 1
        if not plain and shape[-1] % 32:
            plain = data.size % 256 != 0
            if not plain:
                data = data.reshape(-1, 256)
                writer.add_array(f"comfy.gguf.orig_shape.{key}", tuple(int(s) for s in shape))
                reshaped += 1
        if plain:
            writer.add_tensor(key, data)
            numbers = data
        else:
            packed = quantize(data, Q8)
            writer.add_tensor(key, packed, raw_dtype=Q8)
            numbers = dequantize(packed, Q8)
        if name in KEPT:
            kept[name] = torch.from_numpy(np.ascontiguousarray(numbers.reshape(shape)))
    print(reshaped, "reshaped", {k: tuple(v.shape) for k, v in kept.items()})
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(kept, HERE / "tiny-sd-denoiser.safetensors")


if __name__ == "__main__":
    main()
