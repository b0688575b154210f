"""Tiny random decoders with a head for classes (the last token's vector, one layer without a bias).

Writes ../resources/models/NAME: the model's folder, and expected.safetensors as encoder_models.py does, with
  logits                F32 [3, labels]     of the three texts together, or one by one where no token is padding
and ../resources/adapters/NAME-lora: a LoRA of PEFT's (SEQ_CLS) with its head in modules_to_save, and expected.safetensors
with the logits that it gives, the loss of three classes and the gradient of each tensor of the file.

With names as arguments, these alone. With the arguments `check NAME FOLDER`, reads such a folder that lora4j wrote for the model, and says by how much its logits
are off.
"""

import os
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification
from transformers import Gemma3TextConfig, Gemma3TextForSequenceClassification
from transformers import GPT2Config, GPT2ForSequenceClassification
from transformers import GPTNeoXConfig, GPTNeoXForSequenceClassification
from transformers import LlamaConfig, LlamaForSequenceClassification
from transformers import MistralConfig, MistralForSequenceClassification
from transformers import Olmo2Config, Olmo2ForSequenceClassification
from transformers import Olmo3Config, Olmo3ForSequenceClassification
from transformers import OPTConfig, OPTForSequenceClassification
from transformers import Phi3Config, Phi3ForSequenceClassification
from transformers import Qwen2Config, Qwen2ForSequenceClassification
from transformers import Qwen3Config, Qwen3ForSequenceClassification
from transformers import SmolLM3Config, SmolLM3ForSequenceClassification
from transformers import Starcoder2Config, Starcoder2ForSequenceClassification

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
VOCAB = 80
SIZES = dict(
    vocab_size=VOCAB,
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=6,
    intermediate_size=40,
    max_position_embeddings=24,
    initializer_range=0.3,
    bos_token_id=None,
    eos_token_id=None,
)
LABELS = dict(id2label={0: "good", 1: "bad", 2: "neither"}, label2id={"good": 0, "bad": 1, "neither": 2})
MODELS = {
    "gpt2-classes": (
        GPT2ForSequenceClassification,
        GPT2Config(
            vocab_size=VOCAB,
            n_embd=24,
            n_layer=2,
            n_head=4,
            n_positions=24,
            initializer_range=0.3,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=7,
            **LABELS,
        ),
    ),
    "llama-classes": (LlamaForSequenceClassification, LlamaConfig(**SIZES, **LABELS, pad_token_id=0)),
    "mistral-classes": (
        MistralForSequenceClassification,
        MistralConfig(**SIZES, sliding_window=4, pad_token_id=3, tie_word_embeddings=True),
    ),
    # Without padding: transformers takes one text at a time.
    "qwen2-classes": (Qwen2ForSequenceClassification, Qwen2Config(**SIZES, **LABELS)),
    "qwen3-classes": (Qwen3ForSequenceClassification, Qwen3Config(**SIZES, **LABELS, pad_token_id=0)),
    "gemma3-classes": (
        Gemma3TextForSequenceClassification,
        Gemma3TextConfig(**SIZES, **LABELS, sliding_window=4, sliding_window_pattern=2, pad_token_id=0),
    ),
    "smollm3-classes": (
        SmolLM3ForSequenceClassification,
        SmolLM3Config(**SIZES, **LABELS, no_rope_layer_interval=2, pad_token_id=0),
    ),
    "olmo2-classes": (Olmo2ForSequenceClassification, Olmo2Config(**SIZES, **LABELS, pad_token_id=0)),
    "olmo3-classes": (
        Olmo3ForSequenceClassification,
        Olmo3Config(**SIZES, **LABELS, sliding_window=4, pad_token_id=0),
    ),
    "phi3-classes": (Phi3ForSequenceClassification, Phi3Config(**SIZES, **LABELS, pad_token_id=0)),
    "starcoder2-classes": (
        Starcoder2ForSequenceClassification,
        Starcoder2Config(**SIZES, **LABELS, pad_token_id=0),
    ),
    "gpt-neox-classes": (
        GPTNeoXForSequenceClassification,
        GPTNeoXConfig(
            **{k: v for k, v in SIZES.items() if k not in ("num_key_value_heads", "head_dim")},
            **LABELS,
            rope_parameters=dict(partial_rotary_factor=1.0),
            pad_token_id=0,
        ),
    ),
    "opt-classes": (
        OPTForSequenceClassification,
        OPTConfig(
            vocab_size=VOCAB,
            hidden_size=24,
            ffn_dim=40,
            word_embed_proj_dim=16,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=24,
            init_std=0.3,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=0,
            **LABELS,
        ),
    ),
}
ADAPTED = {
    "gpt2-classes": ["c_attn", "c_fc"],
    "llama-classes": ["q_proj", "v_proj", "down_proj"],
}


def texts(number, config):
    g = torch.Generator().manual_seed(number)
    pad = config.pad_token_id or 0
    ids = torch.randint(0, VOCAB, (3, 9), generator=g)
    present = torch.ones(3, 9, dtype=torch.long)
    present[0, 5:] = 0
    present[2, 2:] = 0
    # A text may end in the token that pads: its classes are told where it is another one.
    ids[1, 7:] = pad
    ids[0, 2] = pad
    return torch.where(present == 1, ids, torch.tensor(pad)), present


def call(model, ids, present):
    if model.config.pad_token_id is not None:
        return model(input_ids=ids, attention_mask=present).logits
    rows = [model(input_ids=i[None, : p.sum()]).logits for i, p in zip(ids, present)]
    return torch.cat(rows)


def adapter(name, model, given, folder):
    config = LoraConfig(
        r=2, lora_alpha=3, target_modules=ADAPTED[name], task_type="SEQ_CLS", modules_to_save=["score"]
    )
    tuned = get_peft_model(model, config)
    tuned.peft_config["default"].base_model_name_or_path = name
    with torch.no_grad():
        for key, p in tuned.named_parameters():
            if "lora_" in key or "modules_to_save" in key:
                p.copy_(0.3 * torch.randn_like(p))
    logits = call(tuned.eval(), *given)
    classes = torch.tensor([2, 0, 1])
    loss = torch.nn.functional.cross_entropy(logits, classes)
    loss.backward()
    tuned.save_pretrained(folder, save_embedding_layers=False)
    os.remove(os.path.join(folder, "README.md"))
    gold = {"logits": logits.detach().contiguous(), "classes": classes, "loss": loss.detach()}
    learned = {n: p for n, p in tuned.named_parameters() if p.requires_grad}
    for key in load_file(os.path.join(folder, "adapter_model.safetensors")):
        layer, kind = key.rsplit(".", 1)
        names = (f"{layer}.default.{kind}", f"{layer}.modules_to_save.default.{kind}")
        (found,) = [n for n in names if n in learned]
        gold[f"gradient/{key}"] = learned.pop(found).grad.contiguous()
    assert not learned, learned.keys()
    save_file(gold, os.path.join(folder, "expected.safetensors"))


def main():
    for number, (name, (kind, config)) in enumerate(MODELS.items()):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        torch.manual_seed(number)
        config._attn_implementation = "eager"
        model = kind(config).eval()
        with torch.no_grad():
            for key, p in model.named_parameters():
                if "norm" in key.lower() or ".ln_" in key or key.endswith("bias"):
                    p.add_(0.2 * torch.randn_like(p))
        folder = os.path.join(RESOURCES, "models", name)
        model.save_pretrained(folder)
        ids, present = texts(number, config)
        with torch.no_grad():
            logits = call(model, ids, present)
        expected = {"ids": ids, "types": torch.zeros_like(ids), "present": present, "logits": logits}
        save_file(
            {k: v.contiguous() for k, v in expected.items()}, os.path.join(folder, "expected.safetensors")
        )
        if name in ADAPTED:
            adapter(name, model, (ids, present), os.path.join(RESOURCES, "adapters", name + "-lora"))


def check(name, folder):
    expected = load_file(os.path.join(RESOURCES, "models", name, "expected.safetensors"))
    logits = load_file(os.path.join(RESOURCES, "adapters", name + "-lora", "expected.safetensors"))
    base = AutoModelForSequenceClassification.from_pretrained(
        os.path.join(RESOURCES, "models", name), dtype=torch.float32, attn_implementation="eager"
    )
    model = PeftModel.from_pretrained(base, folder).eval()
    with torch.no_grad():
        found = call(model, expected["ids"], expected["present"])
    wanted = logits["logits"]
    print((found - wanted).abs().max().item() / wanted.abs().max().item())


if __name__ == "__main__":
    check(*sys.argv[2:4]) if sys.argv[1:2] == ["check"] else main()
