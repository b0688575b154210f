"""Adapters of PEFT's for models of causal_models.py, with what the models compute with them.

peft_causal.py [MODEL ...], by default all. Writes ../resources/adapters/MODEL-lora: adapter_config.json and adapter_model.safetensors as PEFT
saves them, and expected.safetensors with
  ids        I64 [2, 12]        two sequences
  logits     F32 [2, 12, vocab] of the model with the adapter

With the arguments `check MODEL FOLDER`, reads such a folder that lora4j wrote for the model, and says
by how much its logits are off.
"""

import os
import sys
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
TARGETS = {
    "gpt2": dict(target_modules=["c_attn", "c_proj", "c_fc", "wte"], fan_in_fan_out=True),
    "gemma3": dict(target_modules=["q_proj", "k_proj", "down_proj", "embed_tokens"]),
    "smollm3": dict(target_modules=["q_proj", "k_proj", "down_proj", "embed_tokens"]),
    "granite": dict(target_modules=["q_proj", "v_proj", "down_proj", "lm_head"]),
    "olmo3": dict(target_modules=["q_proj", "k_proj", "o_proj", "up_proj"]),
    "starcoder2": dict(target_modules=["q_proj", "o_proj", "c_fc", "c_proj"]),
    "gpt-neox": dict(target_modules=["query_key_value", "dense", "dense_4h_to_h", "lm_head"]),
    "gpt-neox-serial": dict(target_modules=["query_key_value", "dense_h_to_4h", "embed_in"]),
    "opt": dict(target_modules=["q_proj", "out_proj", "fc1", "fc2", "embed_tokens"]),
    "opt-projected": dict(target_modules=["v_proj", "fc1", "project_in", "project_out"]),
    "phi4-mini": dict(target_modules=["qkv_proj", "o_proj", "gate_up_proj", "embed_tokens"]),
}


def base(name):
    folder = os.path.join(RESOURCES, "models", name)
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def adapter(name):
    return os.path.join(RESOURCES, "adapters", name + "-lora")


def write(name):
    torch.manual_seed(7)
    config = LoraConfig(r=3, lora_alpha=5, task_type="CAUSAL_LM", **TARGETS[name])
    model = get_peft_model(base(name), config)
    model.peft_config["default"].base_model_name_or_path = name
    with torch.no_grad():
        for key, p in model.named_parameters():
            if "lora_" in key:
                p.copy_(0.2 * torch.randn_like(p))
        ids = torch.randint(0, 96, (2, 12))
        logits = model.eval()(ids).logits
    folder = adapter(name)
    model.save_pretrained(folder, save_embedding_layers=False)
    os.remove(os.path.join(folder, "README.md"))
    save_file(
        {"ids": ids, "logits": logits.contiguous()}, os.path.join(folder, "expected.safetensors")
    )


def check(name, folder):
    warnings.filterwarnings("error", message=".*fan_in_fan_out.*")
    expected = load_file(os.path.join(adapter(name), "expected.safetensors"))
    model = PeftModel.from_pretrained(base(name), folder).eval()
    with torch.no_grad():
        logits = model(expected["ids"]).logits
    print((logits - expected["logits"]).abs().max().item() / expected["logits"].abs().max().item())


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(*sys.argv[2:4])
    else:
        for each in sys.argv[1:] or TARGETS:
            write(each)
