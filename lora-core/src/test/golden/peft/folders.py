"""Folders as PEFT saves them, and the weights that PEFT merges: golden for PeftFoldersTest.

Versions in requirements.txt; run
    python folders.py ../../resources/dev/lora4j/core/format/peft
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from peft import (
    AdaLoraConfig,
    BOFTConfig,
    GraloraConfig,
    HiraConfig,
    IA3Config,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    MissConfig,
    OFTConfig,
    PeftModel,
    RandLoraConfig,
    VBLoRAConfig,
    VeraConfig,
    get_peft_model,
)
from safetensors.torch import save_file
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(8, 8)
        self.ff = nn.Linear(8, 12, bias=False)

    def forward(self, x):
        return self.ff(self.q(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10, 8)
        self.blocks = nn.ModuleList([Block(), Block()])
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Linear(12, 4)

    def forward(self, ids, picture):
        x = self.blocks[1].q(self.blocks[0].q(self.words(ids)))
        return self.head(self.blocks[0].ff(x)) + self.conv(picture).mean()


LAYERS = ["q", "ff"]
CASES = {
    "lora": LoraConfig(r=2, lora_alpha=3, target_modules=LAYERS + ["words", "conv"]),
    "rslora-patterns": LoraConfig(
        r=2,
        lora_alpha=3,
        use_rslora=True,
        target_modules=LAYERS,
        rank_pattern={"blocks.1.q": 4, "ff": 3},
        alpha_pattern={r"blocks\.[01]\.q": 5},
    ),
    "lora-bias": LoraConfig(r=2, lora_alpha=3, lora_bias=True, target_modules=["q"]),
    "dora": LoraConfig(r=2, lora_alpha=3, use_dora=True, target_modules=LAYERS + ["conv"]),
    "loha": LoHaConfig(r=2, alpha=3, target_modules=LAYERS + ["conv"], rank_pattern={"q": 1}),
    "loha-tucker": LoHaConfig(
        r=2, alpha=3, target_modules=["conv"], use_effective_conv2d=True
    ),
    "lokr": LoKrConfig(r=2, alpha=3, target_modules=LAYERS + ["conv"]),
    "lokr-full": LoKrConfig(r=16, alpha=8, target_modules=["q"]),
    "ia3": IA3Config(target_modules=LAYERS, feedforward_modules=["ff"]),
    "oft": OFTConfig(oft_block_size=4, r=0, target_modules=LAYERS),
    "oft-exact": OFTConfig(
        oft_block_size=4, r=0, target_modules=LAYERS, use_cayley_neumann=False
    ),
    "boft": BOFTConfig(boft_block_size=4, boft_n_butterfly_factor=2, target_modules=["q"]),
    "miss": MissConfig(r=3, target_modules=LAYERS),
    "miss-mini": MissConfig(r=4, init_weights="mini", mini_r=2, target_modules=LAYERS),
    "miss-bat": MissConfig(r=4, init_weights="bat", target_modules=LAYERS),
    "gralora": GraloraConfig(r=2, gralora_k=2, alpha=3, target_modules=LAYERS),
    "gralora-hybrid": GraloraConfig(
        r=4, gralora_k=4, hybrid_r=1, alpha=3, target_modules=LAYERS, bias="gralora_only"
    ),
    "hira": HiraConfig(r=2, target_modules=LAYERS + ["words", "conv"]),
    "vera": VeraConfig(r=3, projection_prng_key=7, target_modules=LAYERS),
    "vera-drawn": VeraConfig(
        r=5, projection_prng_key=2**33 + 11, save_projection=False, target_modules=LAYERS, bias="vera_only"
    ),
    "randlora": RandLoraConfig(r=3, randlora_alpha=5, projection_prng_key=4, target_modules=LAYERS),
    "randlora-sparse": RandLoraConfig(
        r=2, randlora_alpha=5, sparse=True, projection_prng_key=5, target_modules=LAYERS
    ),
    "randlora-very-sparse": RandLoraConfig(
        r=5, randlora_alpha=5, very_sparse=True, projection_prng_key=50, target_modules=LAYERS
    ),
    "randlora-drawn": RandLoraConfig(
        r=4, randlora_alpha=5, sparse=True, projection_prng_key=9, save_projection=False, target_modules=LAYERS
    ),
    "vblora": VBLoRAConfig(r=2, num_vectors=4, vector_length=4, topk=3, target_modules=LAYERS),
    "vblora-few": VBLoRAConfig(
        r=3,
        num_vectors=300,
        vector_length=2,
        topk=2,
        save_only_topk_weights=True,
        target_modules=LAYERS,
        bias="vblora_only",
    ),
    "adalora": AdaLoraConfig(
        init_r=3, target_r=2, lora_alpha=5, total_step=100, target_modules=LAYERS
    ),
    "adalora-conv": AdaLoraConfig(
        init_r=2, lora_alpha=3, total_step=9, target_modules=["conv", "head"], modules_to_save=["words"]
    ),
    "adalora-pruned": AdaLoraConfig(init_r=4, lora_alpha=6, total_step=9, target_modules=LAYERS + ["conv"]),
    "adalora-no-alpha": AdaLoraConfig(init_r=3, lora_alpha=0, total_step=9, target_modules=LAYERS),
    "dora-bias": LoraConfig(
        r=2, lora_alpha=3, use_dora=True, target_modules=LAYERS, bias="all"
    ),
    "oft-bias": OFTConfig(oft_block_size=4, r=0, target_modules=LAYERS, bias="oft_only"),
    "boft-bias": BOFTConfig(
        boft_block_size=4, boft_n_butterfly_factor=2, target_modules=["q"], bias="all"
    ),
    "bias-all": LoraConfig(
        r=2, lora_alpha=3, target_modules=["q"], modules_to_save=["head"], bias="all"
    ),
    "saved-head": LoraConfig(
        r=2, lora_alpha=3, target_modules=["q"], modules_to_save=["head"], bias="lora_only"
    ),
}

# What is left of the directions of AdaLoRA, by layer.
LEFT = {
    "adalora-pruned": {
        "blocks.0.q": [True, False, True, False],
        "blocks.0.ff": [False] * 4,
        "blocks.1.q": [True] * 4,
        "blocks.1.ff": [False, False, False, True],
        "conv": [False, True, True, True],
    },
    "adalora-no-alpha": {"blocks.0.q": [False, True, True]},
}

BIASED = ("vblora-few", "vera-drawn", "gralora-hybrid", "dora-bias", "oft-bias", "boft-bias", "bias-all")


def based(base):
    model = Model()
    model.load_state_dict(base)
    return model


def whole(peft):
    """The pattern of layers of which nothing was taken away."""
    sizes = {n: p for n, p in peft.base_model.model.named_parameters() if "lora_E." in n}
    return {n: [True] * p.shape[0] for n, p in sizes.items()}


def main(folder: Path):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base = None
    for name, config in CASES.items():
        torch.manual_seed(1)
        model = Model()
        base = {k: v.clone() for k, v in model.state_dict().items()}
        peft = get_peft_model(model, config)
        with torch.no_grad():
            torch.manual_seed(2)
            for key, parameter in peft.named_parameters():
                if name in BIASED and parameter.requires_grad and key.endswith("bias"):
                    parameter += 0.3 * torch.randn_like(parameter)
                if any(part in key for part in ("lora_", "hada_", "lokr_", "ia3_", "oft_", "boft_", "miss_", "gralora_", "hira_", "vera_lambda_", "randlora_", "vblora_")):
                    parameter += 0.3 * torch.randn_like(parameter)
        if name in LEFT:
            pattern = {f"{layer}.lora_E.default": left for layer, left in LEFT[name].items()}
            peft.base_model.rankallocator.mask_using_rank_pattern(peft.base_model.model, {**whole(peft), **pattern})
            peft.peft_config["default"].rank_pattern = pattern
        peft.save_pretrained(folder / name)
        (folder / name / "README.md").unlink(missing_ok=True)
        if name in LEFT:
            # Loaded as anybody loads it; PEFT trains with the whole rank.
            peft = PeftModel.from_pretrained(based(base), folder / name)
        merged = peft.merge_and_unload()
        changed = {
            k: v.contiguous()
            for k, v in merged.state_dict().items()
            if k in base and not torch.equal(v, base[k])
        }
        assert changed, name
        save_file(changed, folder / name / "merged.safetensors")
        kept = json.loads((folder / name / "adapter_config.json").read_text())
        (folder / name / "adapter_config.json").write_text(
            json.dumps(kept, indent=1, sort_keys=True) + "\n"
        )
    save_file(base, folder / "base.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
