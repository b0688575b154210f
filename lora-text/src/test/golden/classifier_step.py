"""Makes ../resources/classifier-step.safetensors: what transformers, peft and torch make of one step of training a classifier, in
F32 and without dropouts: the tiny BERT of encoder_models.py with its adapter, a LoRA with a head in modules_to_save; and
classifier-step-NAME.safetensors for the tiny ALBERT and DeBERTa.

  ids, lengths, labels   I64 [6, 11], [6], [6]: texts and their classes
  loss                   F32
  gradient/KEY           F32 the gradient of each tensor of the adapter's file
"""

from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification

HERE = Path(__file__).resolve().parent.parent / "resources"

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def main(name, file):
    base = AutoModelForSequenceClassification.from_pretrained(
        HERE / "models" / name, dtype=torch.float32, attn_implementation="eager"
    )
    folder = HERE / "adapters" / f"{name}-lora"
    model = PeftModel.from_pretrained(base, folder, is_trainable=True).eval()
    generator = torch.Generator().manual_seed(3)
    given = {
        "ids": torch.randint(2, 80, (6, 11), generator=generator),
        "lengths": torch.randint(2, 12, (6,), generator=generator),
        "labels": torch.randint(0, 3, (6,), generator=generator),
    }
    present = (torch.arange(11)[None] < given["lengths"][:, None]).long()
    out = model(input_ids=given["ids"] * present, attention_mask=present, labels=given["labels"])
    out.loss.backward()
    gold = {**given, "loss": out.loss.detach()}
    learned = {n: p for n, p in model.named_parameters() if p.requires_grad}
    for key in load_file(folder / "adapter_model.safetensors"):
        layer, kind = key.rsplit(".", 1)
        names = (f"{layer}.default.{kind}", f"{layer}.modules_to_save.default.{kind}")
        (found,) = [n for n in names if n in learned]
        gold[f"gradient/{key}"] = learned.pop(found).grad.contiguous()
    assert not learned, learned.keys()
    save_file(gold, HERE / file)
    print(out.loss.item(), len(gold) - 4, "tensors")


if __name__ == "__main__":
    main("bert", "classifier-step.safetensors")
    for one in ("albert", "deberta"):
        main(one, f"classifier-step-{one}.safetensors")
