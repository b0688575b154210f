"""Reads an adapter that lora4j wrote as users of PEFT do: by the AutoPeftModel class of its task, which finds the base by
itself; where no task is said, by PeftModel, which is given the base. Says by how much its logits are off, as a share of the
largest.

  peft_auto.py KIND ADAPTER ASKED     with KIND CausalLM, Seq2SeqLM or SequenceClassification

ASKED is a safetensors file:
  ids       I64 [rows, tokens]            what is read
  present   I64 [rows, tokens]            1 for tokens, 0 for padding
  targets   I64 [rows, outputs]           what a decoder is given (Seq2SeqLM)
  logits    F32 [rows, ..., numbers]      what lora4j computed
"""

import sys
import warnings

import peft
import torch
import transformers
from safetensors.torch import load_file


def main(kind, folder, asked):
    warnings.filterwarnings("error", message=".*(missing|unexpected).*")
    asked = load_file(asked)
    expected = asked.pop("logits")
    more = {"num_labels": expected.shape[-1]} if kind == "SequenceClassification" else {}
    how = dict(dtype=torch.float32, attn_implementation="eager", **more)
    config = peft.PeftConfig.from_pretrained(folder)
    if config.task_type is None:
        auto = getattr(transformers, "AutoModelFor" + kind)
        model = peft.PeftModel.from_pretrained(auto.from_pretrained(config.base_model_name_or_path, **how), folder)
    else:
        model = getattr(peft, "AutoPeftModelFor" + kind).from_pretrained(folder, **how)
    model.eval()
    given = {"input_ids": asked["ids"], "attention_mask": asked["present"]}
    if "targets" in asked:
        given["decoder_input_ids"] = asked["targets"]
    with torch.no_grad():
        logits = model(**given).logits
    print(((logits - expected).abs().max() / expected.abs().max()).item())


if __name__ == "__main__":
    main(*sys.argv[1:])
