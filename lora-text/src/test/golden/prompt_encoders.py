"""What encoders of prompts give pipelines of pictures, as transformers computes it.

Reads ../resources/models/NAME (from seq2seq_models.py and causal_models.py) and writes
../resources/prompt-encoders.safetensors, for each NAME
  NAME/ids     I64 [2, 16]         prompts, the second one padded; no mask, as in Stable Diffusion 3 and FLUX
  NAME/last    F32 [2, 16, width]  after the final norm
  NAME/skip1   F32 [2, 16, width]  before the last layer, without a norm
  NAME/masked  F32 [2, 16, width]  of decoders: after the final norm, with a mask of the padding
"""

import os

import torch
from safetensors.torch import save_file
from transformers import MT5EncoderModel, Qwen2Model, Qwen3Model, T5EncoderModel, UMT5EncoderModel

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
MODELS = {
    "t5": T5EncoderModel,
    "flan-t5": T5EncoderModel,
    "mt5": MT5EncoderModel,
    "umt5": UMT5EncoderModel,
    "qwen2": Qwen2Model,
    "qwen3": Qwen3Model,
}


def main():
    out = {}
    for name, kind in MODELS.items():
        model = kind.from_pretrained(os.path.join(RESOURCES, "models", name), dtype=torch.float32).eval()
        generator = torch.Generator().manual_seed(5)
        ids = torch.randint(2, model.config.vocab_size, (2, 16), generator=generator)
        ids[1, 9:] = 0
        with torch.no_grad():
            states = model(input_ids=ids, output_hidden_states=True).hidden_states
        out[name + "/ids"] = ids
        out[name + "/last"] = states[-1].contiguous()
        out[name + "/skip1"] = states[-2].contiguous()
        if name.startswith("qwen"):
            mask = torch.ones_like(ids)
            mask[1, 9:] = 0
            with torch.no_grad():
                out[name + "/masked"] = model(input_ids=ids, attention_mask=mask).last_hidden_state
    save_file(out, os.path.join(RESOURCES, "prompt-encoders.safetensors"))


if __name__ == "__main__":
    main()
