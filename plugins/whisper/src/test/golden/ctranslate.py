"""The tiny Whisper as CTranslate2's converter writes it.

Writes ../resources/ctranslate/TYPE/model.bin and config.json for float16, int8 and int16, and
../resources/ctranslate/expected.safetensors with logits of ../tiny's recordings by transformers, with the
weights that each type leaves: TYPE, F32 [2, 7, vocab].
"""

import os
import shutil
import tempfile

import numpy as np
import torch
from ctranslate2.converters import TransformersConverter
from safetensors.torch import load_file, save_file
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration

from waves import chirp

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")


def quantised(weights, kind):
    """What CTranslate2 leaves of weights that are one for it: its LayerSpec._quantize."""
    all = np.concatenate([w.flatten(1).numpy() for w in weights])
    if kind == "int8":
        top = np.amax(np.absolute(all), axis=1)
        top[top == 0] = 127.0
        scale = np.expand_dims(127.0 / top, 1)
    else:
        scale = np.float32(2**10 / np.amax(np.absolute(all)))
    left = torch.from_numpy(np.rint(all * scale) / scale)
    for weight, part in zip(weights, left.split([w.shape[0] for w in weights])):
        weight.copy_(part.reshape(weight.shape))


def round_all(model, kind):
    weights = {n.removesuffix(".weight"): p for n, p in model.named_parameters() if n.endswith("weight")}
    done = set()
    for name in weights:
        one = [name]
        if name.endswith("self_attn.q_proj"):
            one = [name[:-6] + part for part in ("q_proj", "k_proj", "v_proj")]
        elif name.endswith("encoder_attn.k_proj"):
            one = [name[:-6] + part for part in ("k_proj", "v_proj")]
        plain = "layer_norm" in name or "embed_positions" in name
        if not plain and not done.intersection(one) and not (
            "self_attn" in name and name[-6] in "kv" or "encoder_attn.v_proj" in name
        ):
            quantised([weights[n] for n in one], kind)
            done.update(one)


def main():
    tiny = os.path.join(RESOURCES, "tiny")
    target = os.path.join(RESOURCES, "ctranslate")
    targets = load_file(os.path.join(tiny, "expected.safetensors"))["targets"]
    spectra = WhisperFeatureExtractor.from_pretrained(tiny)
    sounds = [chirp(16000, 16000, 100, 4000, 3), chirp(9000, 16000, 3000, 300, 4)]
    features = spectra(sounds, sampling_rate=16000, return_tensors="pt").input_features
    all = {}
    for kind in ("float16", "int8", "int16"):
        with tempfile.TemporaryDirectory() as folder:
            TransformersConverter(tiny).convert(folder, quantization=kind, force=True)
            os.makedirs(os.path.join(target, kind), exist_ok=True)
            for name in ("model.bin", "config.json"):
                shutil.copy(os.path.join(folder, name), os.path.join(target, kind, name))
        model = WhisperForConditionalGeneration.from_pretrained(tiny, dtype=torch.float32)
        if kind != "float16":
            with torch.no_grad():
                round_all(model, kind)
        with torch.no_grad():
            all[kind] = model(input_features=features, decoder_input_ids=targets).logits.contiguous()
    save_file(all, os.path.join(target, "expected.safetensors"))


if __name__ == "__main__":
    main()
