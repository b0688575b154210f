"""Heads that tell classes of words: what transformers and PEFT make of tiny models with one, and what seqeval counts.

Writes ../resources/models/bert-tags, a tiny BERT that transformers saved with such a head, with expected.safetensors (ids, present,
logits), and ../resources/adapters/NAME-tags for each of nine tiny models: a LoRA of PEFT's with a new head (modules_to_save), and
expected.safetensors with

  ids, present            I64 [3, 9]
  tags                    I64 [3, 9]: classes of tokens, -100 where none is learned
  logits                  F32 [3, 9, 5]
  loss                    F32
  gradient/KEY            F32, of each tensor of the adapter's file

With names as arguments, writes these adapters alone; else ../resources/tagging-scores.json too: classes of texts, right ones and others, with the scores of seqeval 1.2.2.
"""

import json
import os
import random
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForTokenClassification

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")
TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
NAMES = {i: tag for i, tag in enumerate(TAGS)}
TARGETS = {
    "bert": ["query", "value"],
    "roberta": ["query", "value"],
    "distilbert": ["q_lin", "lin1"],
    "llama": ["q_proj", "down_proj"],
    "gpt2": ["c_attn", "c_fc"],
    "electra": ["query", "value"],
    "modernbert": ["Wqkv", "Wi"],
    "albert": ["query", "ffn"],
    "deberta": ["query_proj", "key_proj", "output.dense"],
}

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def base_of(name):
    return AutoModelForTokenClassification.from_pretrained(
        os.path.join(RESOURCES, "models", name), dtype=torch.float32, attn_implementation="eager",
        id2label=NAMES, label2id={tag: i for i, tag in NAMES.items()}, ignore_mismatched_sizes=True)


def texts(number, pad):
    draw = torch.Generator().manual_seed(number)
    present = torch.ones(3, 9, dtype=torch.long)
    present[0, 5:] = 0
    present[2, 2:] = 0
    ids = torch.where(present == 1, torch.randint(3, 80, (3, 9), generator=draw), torch.tensor(pad))
    tags = torch.randint(0, 5, (3, 9), generator=draw)
    learned = (torch.rand((3, 9), generator=draw) < 0.7) & (present == 1)
    learned[:, 0] = True
    return ids, present, torch.where(learned, tags, torch.tensor(-100))


def adapter(number, name):
    torch.manual_seed(number)
    head = "score" if name == "llama" else "classifier"
    config = LoraConfig(
        r=2, lora_alpha=3, target_modules=TARGETS[name], modules_to_save=[head], task_type="TOKEN_CLS", lora_dropout=0,
        fan_in_fan_out=name == "gpt2")
    model = get_peft_model(base_of(name), config).eval()
    model.peft_config["default"].base_model_name_or_path = name
    with torch.no_grad():
        for key, p in model.named_parameters():
            if p.requires_grad:
                p.copy_(0.3 * torch.randn_like(p))
    ids, present, tags = texts(number, 1 if name == "roberta" else 0)
    out = model(input_ids=ids, attention_mask=present, labels=tags)
    out.loss.backward()
    folder = os.path.join(RESOURCES, "adapters", name + "-tags")
    model.save_pretrained(folder, save_embedding_layers=False)
    os.remove(os.path.join(folder, "README.md"))
    gold = {"ids": ids, "present": present, "tags": tags, "logits": out.logits.detach(), "loss": out.loss.detach()}
    learned = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for key in load_file(os.path.join(folder, "adapter_model.safetensors")):
        layer, kind = key.rsplit(".", 1)
        (found,) = [n for n in (f"{layer}.default.{kind}", f"{layer}.modules_to_save.default.{kind}") if n in learned]
        gold[f"gradient/{key}"] = learned.pop(found).grad.contiguous()
    assert not learned, learned.keys()
    save_file(gold, os.path.join(folder, "expected.safetensors"))
    print(name, out.loss.item())


def saved():
    torch.manual_seed(77)
    model = base_of("bert").eval()
    with torch.no_grad():
        model.classifier.bias.normal_()
    folder = os.path.join(RESOURCES, "models", "bert-tags")
    model.save_pretrained(folder)
    ids, present, _ = texts(77, 0)
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=present).logits
    save_file({"ids": ids, "present": present, "logits": logits}, os.path.join(folder, "expected.safetensors"))


def scores():
    from seqeval.metrics import accuracy_score, classification_report

    draw, cases = random.Random(5), []
    for kinds in (TAGS, [p + t for p in ("B-", "I-", "E-", "S-") for t in ("PER", "LOC")] + ["O"]):
        right = [[draw.choice(kinds) for _ in range(draw.randint(1, 9))] for _ in range(30)]
        told = [[tag if draw.random() < 0.7 else draw.choice(kinds) for tag in row] for row in right]
        report = classification_report(right, told, output_dict=True, zero_division=0)
        cases.append({"right": right, "told": told, "accuracy": accuracy_score(right, told), "scores": {
            name: [float(report[name][k]) for k in ("precision", "recall", "f1-score")] for name in ("PER", "LOC", "micro avg")}})
        print(cases[-1]["accuracy"], cases[-1]["scores"])
    with open(os.path.join(RESOURCES, "tagging-scores.json"), "w") as out:
        json.dump(cases, out)


if __name__ == "__main__":
    for at, one in enumerate(TARGETS):
        if not sys.argv[1:] or one in sys.argv[1:]:
            adapter(50 + at, one)
    if not sys.argv[1:]:
        saved()
        scores()
