"""An adapter of PEFT's for the GPT-2 of causal_models.py, with what the model computes with it.

Writes ../resources/adapters/gpt2-lora: adapter_config.json and adapter_model.safetensors as PEFT
saves them, and expected.safetensors with
  ids        I64 [2, 12]        two sequences
  logits     F32 [2, 12, vocab] of the model with the adapter

With the argument `check FOLDER`, reads such a folder that lora4j wrote for the same model, and
says by how much its logits are off.
"""

import os
import sys
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(HERE, "..", "resources", "models", "gpt2")
FOLDER = os.path.join(HERE, "..", "resources", "adapters", "gpt2-lora")


def base():
    return AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()


def write():
    torch.manual_seed(7)
    config = LoraConfig(
        r=3,
        lora_alpha=5,
        target_modules=["c_attn", "c_proj", "c_fc", "wte"],
        fan_in_fan_out=True,
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base(), config)
    model.peft_config["default"].base_model_name_or_path = "gpt2"
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "lora_" in name:
                p.copy_(0.2 * torch.randn_like(p))
        ids = torch.randint(0, 96, (2, 12))
        logits = model.eval()(ids).logits
    model.save_pretrained(FOLDER, save_embedding_layers=False)
    os.remove(os.path.join(FOLDER, "README.md"))
    save_file(
        {"ids": ids, "logits": logits.contiguous()}, os.path.join(FOLDER, "expected.safetensors")
    )


def check(folder):
    warnings.filterwarnings("error", message=".*fan_in_fan_out.*")
    expected = load_file(os.path.join(FOLDER, "expected.safetensors"))
    model = PeftModel.from_pretrained(base(), folder).eval()
    with torch.no_grad():
        logits = model(expected["ids"]).logits
    print((logits - expected["logits"]).abs().max().item() / expected["logits"].abs().max().item())


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1:2] == ["check"] else write()
