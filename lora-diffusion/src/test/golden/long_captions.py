"""Makes src/test/resources/long-captions.safetensors: captions of more than 75 tokens as sd-scripts encodes them.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python long_captions.py
ids, chunk and joined below are _get_input_ids of library/strategy_base.py and encode_tokens of strategy_sd.py and
strategy_sdxl.py of sd-scripts, for tiny-sd (pads with the end token) and, with a second encoder that pads with another, for
tiny-xl. The metadata "captions" has each case's caption and chunks; for each case NAME there are NAME.sd [rows,width], NAME.xl and
NAME.xl.pooled. "padded" is the token that the second tokeniser of tiny-xl pads with here.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
LENGTH = 77
PAD = "!"
WORDS = "a red fox drawn with ink in the style of a picture the blue house and the green tree on the hill "
CAPTIONS = {  # and in how many chunks
    "short": ("a red fox", 3),
    "two": (WORDS * 5, 2),
    "three": (WORDS * 9, 3),
    "cut": (WORDS * 40, 2),
}


def ids(tokenizer, text, longest):
    found = tokenizer(text, padding="max_length", truncation=True, max_length=longest, return_tensors="pt").input_ids
    found = found.squeeze(0)
    same = tokenizer.pad_token_id == tokenizer.eos_token_id
    chunks = []
    for i in range(1, longest - LENGTH + 2, LENGTH - 2):
        chunk = torch.cat((found[0].unsqueeze(0), found[i:i + LENGTH - 2], found[-1].unsqueeze(0)))
        if not same:
            if chunk[-2] != tokenizer.eos_token_id and chunk[-2] != tokenizer.pad_token_id:
                chunk[-1] = tokenizer.eos_token_id
            if chunk[1] == tokenizer.pad_token_id:
                chunk[1] = tokenizer.eos_token_id
        chunks.append(chunk)
    return torch.stack(chunks)


def joined(hidden):
    hidden = hidden.reshape((1, -1, hidden.shape[-1]))
    states = [hidden[:, 0].unsqueeze(1)]
    for i in range(1, hidden.shape[1], LENGTH):
        states.append(hidden[:, i:i + LENGTH - 2])
    states.append(hidden[:, -1].unsqueeze(1))
    return torch.cat(states, dim=1)[0]


def main():
    torch.set_num_threads(1)
    gold = {}
    sd, xl = RESOURCES / "tiny-sd", RESOURCES / "tiny-xl"
    tokenizer = CLIPTokenizer.from_pretrained(sd / "tokenizer")
    one = CLIPTokenizer.from_pretrained(xl / "tokenizer")
    two = CLIPTokenizer.from_pretrained(xl / "tokenizer_2", pad_token=PAD)
    assert tokenizer.pad_token_id == tokenizer.eos_token_id and two.pad_token_id != two.eos_token_id
    text = CLIPTextModel.from_pretrained(sd / "text_encoder").eval()
    first = CLIPTextModel.from_pretrained(xl / "text_encoder").eval()
    second = CLIPTextModelWithProjection.from_pretrained(xl / "text_encoder_2").eval()
    with torch.no_grad():
        for name, (caption, chunks) in CAPTIONS.items():
            longest = chunks * (LENGTH - 2) + 2
            gold[f"{name}.sd"] = joined(text(ids(tokenizer, caption, longest))[0])
            a = first(ids(one, caption, longest), output_hidden_states=True).hidden_states[-2]
            of_two = ids(two, caption, longest)
            b = second(of_two, output_hidden_states=True)
            gold[f"{name}.xl"] = torch.cat((joined(a), joined(b.hidden_states[-2])), -1)
            last = b.last_hidden_state
            ends = (of_two == two.eos_token_id).int().argmax(dim=-1)
            pool = second.text_projection(last[torch.arange(last.shape[0]), ends])
            gold[f"{name}.xl.pooled"] = pool[::chunks][0]
    meta = {"captions": json.dumps(CAPTIONS), "padded": PAD}
    save_file({k: v.contiguous().clone() for k, v in gold.items()}, RESOURCES / "long-captions.safetensors", meta)
    print(len(gold), sum(v.numel() for v in gold.values()) * 4, "bytes")


main()
