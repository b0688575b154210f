"""Reads what lora4j wrote as users of PEFT and transformers do: by a class that finds out by itself what it is. Says by how much
its logits are off, as a share of the largest.

  auto_models.py AutoPeftModelForKIND FOLDER ASKED    an adapter; where it says no task, PeftModel is given the base
  auto_models.py AutoModelForKIND FOLDER ASKED        a model
    with KIND CausalLM, Seq2SeqLM or SequenceClassification

ASKED is a safetensors file:
  ids       I64 [rows, tokens]            what is read
  present   I64 [rows, tokens]            1 for tokens, 0 for padding
  targets   I64 [rows, outputs]           what a decoder is given (Seq2SeqLM)
  logits    F32 [rows, ..., numbers]      what lora4j computed
and its header may have the names of the classes in their order, by lines, as `classes`.
"""

import sys
import warnings

import peft
import torch
import transformers
from safetensors import safe_open

FORMS = dict(dtype=torch.float32, attn_implementation="eager")


def adapted(name, folder, labels):
    kind = name.removeprefix("AutoPeftModelFor")
    how = dict(FORMS, num_labels=labels) if kind == "SequenceClassification" else FORMS
    config = peft.PeftConfig.from_pretrained(folder)
    if config.task_type is None:
        base = getattr(transformers, "AutoModelFor" + kind).from_pretrained(config.base_model_name_or_path, **how)
        return peft.PeftModel.from_pretrained(base, folder)
    return getattr(peft, name).from_pretrained(folder, **how)


def whole(name, folder, classes):
    model, account = getattr(transformers, name).from_pretrained(folder, output_loading_info=True, **FORMS)
    assert not any(account.values()), account
    if classes:
        assert type(model).__name__ == model.config.architectures[0], model.config.architectures
        assert model.config.id2label == dict(enumerate(classes)), model.config.id2label
        assert model.config.label2id == {c: i for i, c in enumerate(classes)}, model.config.label2id
    return model


def main(name, folder, asked):
    warnings.filterwarnings("error", message=".*(missing|unexpected).*")
    with safe_open(asked, "pt") as file:
        classes = (file.metadata() or {}).get("classes", "").splitlines()
        asked = {key: file.get_tensor(key) for key in file.keys()}
    expected = asked.pop("logits")
    peft_reads = name.startswith("AutoPeft")
    model = adapted(name, folder, expected.shape[-1]) if peft_reads else whole(name, folder, classes)
    # Decoders with a head find their last token by the id of padding.
    ids = asked["ids"].masked_fill(asked["present"] == 0, model.config.pad_token_id or 0)
    given = {"input_ids": ids, "attention_mask": asked["present"]}
    if "targets" in asked:
        given["decoder_input_ids"] = asked["targets"]
    with torch.no_grad():
        logits = model.eval()(**given).logits
    print(((logits - expected).abs().max() / expected.abs().max()).item())


if __name__ == "__main__":
    main(*sys.argv[1:])
