"""Makes src/test/resources/full-size.safetensors: blocks of Stable Diffusion 3, 3.5, FLUX.1, Z-Image and FLUX.2 at their published
sizes, by diffusers.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python full_size.py
Weights and inputs are formulas of their names (lora-diffusion's formula.py), so that nothing keeps them; FullSizeBlocks has the same.

  CASE.picture, CASE.words              SAMPLES numbers of what the block makes of both streams, evenly from the first on
  CASE.picture.norm, CASE.words.norm    Frobenius norms; the last block makes nothing of the words
"""

import sys
from pathlib import Path

import torch
from diffusers import Flux2KleinPipeline, FluxPipeline
from diffusers.models.attention import JointTransformerBlock
from diffusers.models.transformers.transformer_flux import FluxPosEmbed, FluxSingleTransformerBlock, FluxTransformerBlock
from diffusers.models.transformers.transformer_flux2 import Flux2PosEmbed, Flux2SingleTransformerBlock, Flux2TransformerBlock
from diffusers.models.transformers.transformer_z_image import RopeEmbedder, ZImageTransformerBlock
from safetensors.torch import save_file

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[5] / "lora-diffusion/src/test/golden"))
import formula  # noqa: E402

OUT = HERE.parent.parent / "resources" / "full-size.safetensors"
SAMPLES, PLACES, WORDS = 256, 64, 20
HEADS = {"sd3": 24, "sd35m": 24, "sd35m-last": 24, "sd35l": 38, "flux": 24, "flux-single": 24, "zimage": 30, "flux2": 24, "flux2-single": 24}
JOINT = {
    "sd3": {}, "sd35m": dict(qk_norm="rms_norm", use_dual_attention=True), "sd35m-last": dict(qk_norm="rms_norm", context_pre_only=True),
    "sd35l": dict(qk_norm="rms_norm")}
FLUX = {"flux": FluxTransformerBlock, "flux-single": FluxSingleTransformerBlock}
FLUX2 = {"flux2": Flux2TransformerBlock, "flux2-single": Flux2SingleTransformerBlock}

torch.set_num_threads(1)


def put(gold, name, value):
    flat = value.reshape(-1)
    gold[name] = flat[[i * len(flat) // SAMPLES for i in range(SAMPLES)]].clone()
    gold[name + ".norm"] = flat.double().norm().reshape(1)


def built(case, width):
    if case in JOINT:
        return JointTransformerBlock(dim=width, num_attention_heads=HEADS[case], attention_head_dim=64, **JOINT[case])
    if case == "zimage":
        return ZImageTransformerBlock(0, width, HEADS[case], HEADS[case], 1e-5, True)
    return (FLUX | FLUX2)[case](dim=width, num_attention_heads=HEADS[case], attention_head_dim=128)


def turns(case):
    """Rotation of words and of eight rows of eight places, in FLUX.1."""
    if case in JOINT:
        return {}
    ids = FluxPipeline._prepare_latent_image_ids(1, 8, PLACES // 8, "cpu", torch.float32)
    return dict(image_rotary_emb=FluxPosEmbed(10000, (16, 56, 56))(torch.cat([torch.zeros(WORDS, 3), ids])))


def single_stream(block, words, picture, time):
    """A block of Z-Image: words from 1 on, and the picture behind them; time is its first 256 numbers."""
    grid = torch.cartesian_prod(torch.tensor([WORDS + 1]), torch.arange(8), torch.arange(PLACES // 8))
    ids = torch.cat([torch.stack([torch.arange(1, WORDS + 1)] + 2 * [torch.zeros(WORDS, dtype=torch.long)], 1), grid])
    turns = RopeEmbedder(256.0, [32, 48, 48], [1536, 512, 512])(ids)[None]
    return block(torch.cat([words, picture], 1), None, turns, time[:, :256]).split([WORDS, PLACES], 1)


def modulated(block, words, picture, time):
    """A block of FLUX.2 [klein] and the modulation that blocks of its kind share: here time at several strengths, one beside the other."""
    ids = [Flux2KleinPipeline._prepare_text_ids(words)[0], Flux2KleinPipeline._prepare_latent_ids(picture.reshape(1, -1, 8, PLACES // 8))[0]]
    turns = Flux2PosEmbed(2000, (32, 32, 32, 32))(torch.cat(ids))
    if isinstance(block, Flux2SingleTransformerBlock):
        strengths = torch.cat([time * k / 4 for k in (1, 2, 3)], 1)
        return block(torch.cat([words, picture], 1), None, strengths, turns).split([WORDS, PLACES], 1)
    of_picture, of_words = (torch.cat([time * k / 4 for k in order], 1) for order in ((1, 2, 3, 4, 5, 6), (6, 5, 4, 3, 2, 1)))
    return block(picture, words, of_picture, of_words, turns)


def main():
    gold = {}
    for case, heads in HEADS.items():
        width = (64 if case in JOINT else 128) * heads
        with torch.device("meta"):
            block = built(case, width)
        block = block.to_empty(device="cpu").eval()
        with torch.no_grad():
            for name, value in block.named_parameters():
                value.copy_(formula.weight(f"{case}.{name}", value.shape))
            streams = [formula.tensor(f"{case}.{n}", (1, k, width), 2) for n, k in (("picture", PLACES), ("words", WORDS))]
            time = formula.tensor(f"{case}.time", (1, width), 1)
            if case == "zimage" or case in FLUX2:
                words, picture = (modulated if case in FLUX2 else single_stream)(block, *streams[::-1], time)
            else:
                words, picture = block(*streams, time, **turns(case))
        put(gold, case + ".picture", picture)
        if words is not None:
            put(gold, case + ".words", words)
        print(case, sum(p.numel() for p in block.parameters()))
    save_file(gold, OUT)


if __name__ == "__main__":
    main()
