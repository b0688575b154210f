"""Adapters that PEFT makes for the tiny LLaMA of causal_models.py, with random factors.

Writes ../resources/adapters/NAME as PEFT saves it, and expected.safetensors beside: the greedy
text [40] after the model's prompt, and the logits of its two sequences.
"""

import os

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import LlamaForCausalLM

ADAPTERS = {
    "lora": dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]),
    "rslora": dict(r=3, lora_alpha=6, target_modules="all-linear", use_rslora=True),
    "dora": dict(r=2, lora_alpha=4, target_modules=["q_proj", "o_proj", "down_proj"], use_dora=True),
    "patterns": dict(
        r=2,
        lora_alpha=2,
        target_modules=["k_proj", "up_proj", "embed_tokens"],
        rank_pattern={"k_proj": 5},
        alpha_pattern={"layers.1.mlp.up_proj": 7},
    ),
}


def main():
    resources = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources")
    base = os.path.join(resources, "models", "llama")
    given = load_file(os.path.join(base, "expected.safetensors"))
    for number, (name, settings) in enumerate(ADAPTERS.items()):
        torch.manual_seed(number)
        model = LlamaForCausalLM.from_pretrained(base, dtype=torch.float32)
        model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
        with torch.no_grad():
            for key, p in model.named_parameters():
                if "lora_" in key:
                    p.add_(0.3 * torch.randn_like(p).abs() if "magnitude" in key else 0.3 * torch.randn_like(p))
        folder = os.path.join(resources, "adapters", name)
        model.save_pretrained(folder)
        readme = os.path.join(folder, "README.md")
        if os.path.exists(readme):
            os.remove(readme)
        with torch.no_grad():
            logits = model(given["ids"]).logits
            greedy = model.generate(
                input_ids=given["prompt"][None], max_new_tokens=40, do_sample=False
            )[0, 5:]
        save_file(
            {"logits": logits.contiguous(), "greedy": greedy.contiguous()},
            os.path.join(folder, "expected.safetensors"),
        )
        print(name, (logits - given["logits"]).abs().mean().item(), len(greedy))


if __name__ == "__main__":
    main()
