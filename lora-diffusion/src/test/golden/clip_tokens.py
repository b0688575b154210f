"""Writes ../resources/clip-tokens.json: what transformers' CLIPTokenizer makes of awkward texts.

Usage: HF_HUB_OFFLINE=1 python clip_tokens.py SHARED_DATA   (the folder that holds tokenizers/clip_vocab.json)
"""

import json
import random
import sys
import tempfile
from pathlib import Path

from transformers import CLIPTokenizer

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
SHARED = Path(sys.argv[1])
BOS, EOS = "<|startoftext|>", "<|endoftext|>"

WRITTEN = [  # separated by bars; those of <| and |> belong to the text
    "|a| a|a |  a  photo\tof \n a   cat  |A PHOTO OF A CAT|a photo of a cat, masterpiece, best quality, 8k uhd",
    "isn't it? they're we've I'm he'll she'd|ISN'T IT? THEY'RE WE'VE I'M HE'LL SHE'D|isn’t it’s|'s's's 's 's|rock'n'roll 'tis o'clock|''''s''|d'artagnan l'art|can't've",
    "1234567890|3d render, 4k, 1920x1080|v1.5.2-beta+3|½ ¾ ² ³ ①②③ Ⅷ ٣٤٥ १२३|1,000,000.00$|10% off|f/2.8 50mm ISO100|2nd 3rd 21st",
    "(masterpiece:1.2), [bad:good:0.5], {curly}|<lora:style:0.8>|<hypernet:x:1>|embedding:easynegative|a_b-c+d=e|!!!???...---|!|! !|wow! such! art!!!|@user #tag $HOME ~tilde `tick`|C:\\path\\file.png|https://example.com/a?b=c&d=e#f|e-mail: a.b@c.de",
    "café CAFÉ cafe\u0301 CAFE\u0301|naïve façade coöperate|Ångström \u212b A\u030a|İstanbul ISPARTA ıspanak|STRASSE straße ẞ|ΑΒΓ Οδυσσεύς ΣΑΣ|Привет МИР Ёлка|שלום עולם|مرحبا بالعالم|नमस्ते दुनिया|สวัสดีชาวโลก|안녕하세요 세계|こんにちは世界 カタカナ ﾊﾝｶｸ|你好,世界。|中文 and English混合|ქართული ᲥᲐᲠᲗᲣᲚᲘ|Ǆ ǅ ǆ ﬁ ﬂ ﬃ|Việt Nam Tiếng|ａｂｃ １２３ ＡＢＣ|𝒜𝓇𝓉 𝟙𝟚𝟛 𝔘𝔫𝔦|ᴬᴮᶜ ⁿ ʰ|ꟲ Ꭰ ꭰ|ﷺ ﷽|e\u0301\u0300\u0302 zalgo h̸̡̪̯ͨ͊̽̅̾e",
    "🦊|a 🦊 fox|🦊🦊🦊|👩‍🚀 👨‍👩‍👧‍👦|🏳️‍🌈 🇩🇪🇫🇷|👍🏽👍|❤️ ❤ ♥|☕️tea☕|1️⃣ #️⃣|😀😃😄😁|text😀text|🫠🫡🫥|©®™|→←↑↓ ∀x∈ℝ|🂡🀄♠♣",
    "\u00a0a\u00a0b\u00a0|a\u2003b\u2009c|a\u200bb|a\u2028b\u2029c|a\u3000b|a\u0085b|a\x0bb\x0cc|a\u1680b\u205fc\u202fd|a\ufeffb|\ufeffa|a\u200db\u200cc|a\u00adb|\u202eabc\u202c|a\x1cb\x1dc\x1ed\x1fe|a\rb\r\nc|a\x01b\x7fc|tab\there",
    "<|startoftext|>|<|endoftext|>|a<|endoftext|>b|a <|endoftext|> b|<|startoftext|>a cat<|endoftext|>|<|STARTOFTEXT|> <|EndOfText|>|<|endoftext|><|endoftext|>|<|endoftext|<|endoftext|>|<| endoftext |>|</w> a</w>|[PAD] [UNK] <pad> <s> </s>|Ġword Ċ",
    "supercalifragilisticexpialidocious|pneumonoultramicroscopicsilicovolcanoconiosis|asdfghjkl qwertyuiop zxcvbnm|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|wwwwwwwwwwwwwwwwwwww|a b c d e f g h i j k l m n o p q r s t u v w x y z|antidisestablishmentarianism",
    "by greg rutkowski, artstation|in the style of van gogh's \"the starry night\"|oil on canvas; circa 1889|cyberpunk city @ night -- rain, neon, f/1.8|portrait of a woman w/ red hair & green eyes|a red fox, drawn with ink|glossy 3d rocket|blob cat emoji|black and white line art|lowres, bad anatomy, bad hands, text, error, missing fingers, extra digit, fewer digits, cropped, worst quality, low quality, normal quality, jpeg artifacts, signature, watermark, username, blurry",
]


def texts():
    joined = []
    for line in WRITTEN:
        for part in line.replace("<|", "\ue000").replace("|>", "\ue001").split("|"):
            joined.append(part.replace("\ue000", "<|").replace("\ue001", "|>"))
    words = [row.split("\t") for row in (SHARED / "emoji" / "concepts.tsv").read_text().splitlines()[1:]]
    joined += [row[2] for row in words[::15]]
    joined += [f"{row[2]}, {row[4]}" for row in words[7::60]]
    rng = random.Random(5)
    ranges = [(0x20, 0x7e)] * 3 + [(0xa0, 0x24f), (0x300, 0x36f), (0x370, 0x52f), (0x590, 0x6ff), (0x900, 0x97f),
              (0x1e00, 0x20ff), (0x2100, 0x27bf), (0x3040, 0x30ff), (0x4e00, 0x9fff), (0xac00, 0xd7a3),
              (0xf900, 0xfaff), (0xff00, 0xffef), (0x1d400, 0x1d7ff), (0x1f300, 0x1f6ff), (0x1f900, 0x1f9ff), (0, 0x1f)]
    for _ in range(120):
        joined.append("".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randint(1, 24))))
    joined.append(" ".join(f"word{i}" for i in range(60)))
    joined.append("a fox " * 36 + "x y")
    joined.append("a fox " * 37 + "x")
    joined.append("a fox " * 37)
    joined.append("a fox " * 38)
    joined.append("🦊" * 40)
    return list(dict.fromkeys(joined))


def write(folder, vocab, merges, config):
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(vocab.read_text())
    (folder / "merges.txt").write_text(merges.read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return CLIPTokenizer.from_pretrained(folder)


def main():
    added = lambda t: {"__type": "AddedToken", "content": t, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    configs = {  # as SD 1.5 has it; plain names; as the second tokenizer of SDXL has it
        "sd15": {"bos_token": added(BOS), "eos_token": added(EOS), "unk_token": added(EOS), "pad_token": EOS, "model_max_length": 77},
        "plain": {"bos_token": BOS, "eos_token": EOS, "unk_token": EOS, "pad_token": EOS, "model_max_length": 77},
        "sdxl2": {"bos_token": BOS, "eos_token": EOS, "unk_token": EOS, "pad_token": "!", "model_max_length": 77,
                  "added_tokens_decoder": {
                      "0": {"content": "!", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True},
                      "49406": added(BOS) | {"special": True}, "49407": added(EOS) | {"special": True}}},
    }
    source = texts()
    assert len(source) >= 300
    out = {"texts": source, "configs": configs, "ids": {}}
    with tempfile.TemporaryDirectory() as temp:
        tokenizers = {
            f"clip_{name}": write(Path(temp) / name, SHARED / "tokenizers" / "clip_vocab.json",
                                  SHARED / "tokenizers" / "clip_merges.txt", config)
            for name, config in configs.items()
        }
        tokenizers["emoji"] = CLIPTokenizer.from_pretrained(RESOURCES / "emoji-tokenizer")
        for name, tok in tokenizers.items():
            # what the pads hide is kept short: the ids up to the end token, and the pad id
            ids = [tok(t, truncation=True, max_length=77).input_ids for t in source]
            full = [tok(t, truncation=True, max_length=77, padding="max_length").input_ids for t in source]
            pads = {p for i, f in zip(ids, full) for p in f[len(i):]}
            assert len(pads) == 1
            out["ids"][name] = {"pad": pads.pop(), "ids": ids, "content": [len(tok(t, add_special_tokens=False).input_ids) for t in source]}
    one = CLIPTokenizer.from_pretrained(RESOURCES / "tiny-sd" / "tokenizer").backend_tokenizer.to_str()
    (RESOURCES / "tiny-sd-tokenizer.json").write_text(one + "\n")
    lines = json.dumps(out, ensure_ascii=True, separators=(",", ":"))
    (RESOURCES / "clip-tokens.json").write_text(lines + "\n")
    print(len(source), len(lines))


main()
