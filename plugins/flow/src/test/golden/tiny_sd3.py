"""Makes src/test/resources: tiny random transformers of Stable Diffusion 3, and what diffusers computes with them.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python tiny_sd3.py
`transformers/NAME` is a transformer alone; `tiny-sd3` a whole pipeline, with the transformer `sd35m`. CLIP's tokenisers are those of
lora-diffusion's tiny-xl. All of it is described in README.md beside this file.
"""

import shutil
import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline
from peft import LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer, T5Config, T5EncoderModel, T5Tokenizer

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[5] / "lora-diffusion/src/test/golden"))
from tiny_sd import randomise, seeded  # noqa: E402

OUT = HERE.parent.parent / "resources"
PIPELINE = OUT / "tiny-sd3"
CLIP = OUT.parents[3].parent / "lora-diffusion/src/test/resources/tiny-xl"
PROMPT = "A red fox, drawn with ink, isn't it? 12 caf\u00e9s"
NEGATIVE = "blurry, 12"
JOINT, POOLED, STEPS, GUIDANCE, SEED = 32, 24, 4, 4.0, 7
RANK = 2
ENCODED = ("plain", "negative", "without")
SHAPES = {
    "sd3": dict(num_layers=2, num_attention_heads=2),
    "sd35m": dict(num_layers=3, num_attention_heads=2, qk_norm="rms_norm", dual_attention_layers=(0, 1)),
    "sd35l": dict(num_layers=2, num_attention_heads=3, qk_norm="rms_norm"),
}


def transformer(name, seed):
    heads = SHAPES[name]["num_attention_heads"]
    return randomise(SD3Transformer2DModel(
        sample_size=8, patch_size=2, in_channels=16, out_channels=16, attention_head_dim=8, joint_attention_dim=JOINT,
        caption_projection_dim=8 * heads, pooled_projection_dim=POOLED, pos_embed_max_size=10, **SHAPES[name]), seed)


def inputs(seed):
    g = seeded(seed)
    return dict(
        hidden_states=torch.randn(2, 16, 8, 12, generator=g), timestep=torch.tensor([900.5, 37.25]),
        encoder_hidden_states=torch.randn(2, 7, JOINT, generator=g), pooled_projections=torch.randn(2, POOLED, generator=g))


def predicted(model, given):
    with torch.no_grad():
        return model(**given, return_dict=False)[0]


def lora(model, seed):
    """An adapter on all linear layers."""
    names = [n for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)]
    inject_adapter_in_model(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=names), model, "default")
    g = seeded(seed)
    with torch.no_grad():
        for layer in (m for m in model.modules() if isinstance(m, LoraLayer)):
            a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
            a.copy_(torch.randn(a.shape, generator=g) / a[0].numel() ** 0.5)
            b.copy_(0.3 * torch.randn(b.shape, generator=g))


def strength(model, scale):
    for layer in (m for m in model.modules() if isinstance(m, LoraLayer)):
        layer.set_scale("default", scale)


def kohya(name):
    """An adapter in sd-scripts' layout, and the change of each layer of diffusers that it is."""
    g = seeded(9)
    model = transformer(name, 1)
    width, alpha, last = model.inner_dim, 3.0, model.config.num_layers - 1
    tensors, deltas = {}, {}

    def layer(native, parts, out, width_in):
        down, up = torch.randn(RANK, width_in, generator=g) / width_in**0.5, 0.3 * torch.randn(out, RANK, generator=g)
        key = "lora_unet_" + native.replace(".", "_")
        tensors[key + ".lora_down.weight"], tensors[key + ".lora_up.weight"] = down, up
        tensors[key + ".alpha"] = torch.tensor(alpha)
        delta = alpha / RANK * up @ down
        for part, rows in zip(parts, delta.chunk(len(parts))):
            deltas[part] = rows

    def swap(site):
        scale_first = torch.cat(deltas[site].chunk(2)[::-1])
        deltas[site] = scale_first

    for i in range(last + 1):
        ours, theirs = f"transformer_blocks.{i}.", f"joint_blocks.{i}."
        layer(theirs + "x_block.attn.qkv", [ours + "attn.to_" + n for n in "qkv"], 3 * width, width)
        layer(theirs + "context_block.attn.qkv", [ours + f"attn.add_{n}_proj" for n in "qkv"], 3 * width, width)
        layer(theirs + "x_block.attn.proj", [ours + "attn.to_out.0"], width, width)
        layer(theirs + "x_block.mlp.fc1", [ours + "ff.net.0.proj"], 4 * width, width)
        layer(theirs + "x_block.adaLN_modulation.1", [ours + "norm1.linear"], (9 if i in (model.config.dual_attention_layers or ()) else 6) * width, width)
    layer(f"joint_blocks.{last}.context_block.adaLN_modulation.1", [f"transformer_blocks.{last}.norm1_context.linear"], 2 * width, width)
    swap(f"transformer_blocks.{last}.norm1_context.linear")
    layer("joint_blocks.0.x_block.attn2.qkv", ["transformer_blocks.0.attn2.to_" + n for n in "qkv"], 3 * width, width)
    layer("final_layer.linear", ["proj_out"], 64, width)
    with torch.no_grad():
        for site, delta in deltas.items():
            model.get_submodule(site).weight += delta
    return model, tensors


def t5_tokenizer(folder):
    words = "a red fox drawn with ink is it cat dog the house in blue tree blurry of and picture photo"
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0)]
    pieces += [("\u2581" + w, -3.0 - 0.1 * i) for i, w in enumerate(words.split())]
    pieces += [(c, -6.0 - 0.01 * i) for i, c in enumerate("abcdefghijklmnopqrstuvwxyz0123456789,.'?A")]
    tok = T5Tokenizer(vocab=pieces, extra_ids=0)
    tok.save_pretrained(folder)
    return tok


def text_config(width, act, projection, tok):
    return CLIPTextConfig(
        vocab_size=len(tok), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=3, num_attention_heads=2,
        max_position_embeddings=77, hidden_act=act, projection_dim=projection, bos_token_id=tok.bos_token_id,
        eos_token_id=tok.eos_token_id, pad_token_id=tok.eos_token_id)


def pipeline():
    tok, tok2 = (CLIPTokenizer.from_pretrained(CLIP / f) for f in ("tokenizer", "tokenizer_2"))
    tok3 = t5_tokenizer(PIPELINE / "tokenizer_3")
    vae = randomise(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=16, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=4,
        sample_size=16, scaling_factor=1.5305, shift_factor=0.0609, use_quant_conv=False, use_post_quant_conv=False), 2)
    one = randomise(CLIPTextModelWithProjection(text_config(12, "quick_gelu", 10, tok)), 3)
    two = randomise(CLIPTextModelWithProjection(text_config(16, "gelu", 14, tok)), 4)
    t5 = randomise(T5EncoderModel(T5Config(
        vocab_size=len(tok3), d_model=JOINT, d_kv=8, d_ff=40, num_layers=2, num_heads=4, relative_attention_num_buckets=8,
        relative_attention_max_distance=20, feed_forward_proj="gated-gelu")), 5)
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=3.0)
    pipe = StableDiffusion3Pipeline(
        transformer=transformer("sd35m", 1), scheduler=scheduler, vae=vae, text_encoder=one, text_encoder_2=two,
        text_encoder_3=t5, tokenizer=tok, tokenizer_2=tok2, tokenizer_3=tok3)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def run(gold, pipe, name, **more):
    with torch.no_grad():
        if name in ENCODED:
            text = pipe.encode_prompt(PROMPT, None, None, negative_prompt=more.get("negative_prompt"))
            gold[name + ".context"] = torch.cat([text[1], text[0]])
            gold[name + ".pooled"] = torch.cat([text[3], text[2]])

        def keep(pipe, step, t, kwargs):
            gold[f"{name}.step{step}"] = kwargs["latents"].clone()
            return kwargs

        more = dict(guidance_scale=GUIDANCE) | more
        pipe(PROMPT, generator=seeded(SEED), num_inference_steps=STEPS, height=16, width=24, output_type="latent",
             callback_on_step_end=keep, **more)


def main():
    for name in ("tiny-sd3", "transformers"):
        shutil.rmtree(OUT / name, ignore_errors=True)
    gold = {}
    for i, name in enumerate(SHAPES):
        model = transformer(name, 1)
        given = inputs(20 + i)
        gold |= {f"{name}.{k}": v for k, v in given.items()}
        gold[name + ".out"] = predicted(model, given)
        if name != "sd35m":
            model.save_pretrained(OUT / "transformers" / name)
    given = inputs(21)
    model, tensors = kohya("sd35m")
    save_file(tensors, OUT / "kohya.safetensors", metadata={"format": "pt"})
    gold["kohya.out"] = predicted(model, given)

    pipe = pipeline()
    run(gold, pipe, "plain")
    run(gold, pipe, "negative", negative_prompt=NEGATIVE)
    run(gold, pipe, "skip", clip_skip=1, guidance_scale=1.0)
    with torch.no_grad():
        gold["image"] = torch.from_numpy(pipe(
            PROMPT, generator=seeded(SEED), num_inference_steps=STEPS, guidance_scale=GUIDANCE, height=16, width=24,
            output_type="np").images[0])
        picture = torch.randint(256, (3, 16, 24), generator=seeded(31), dtype=torch.uint8)
        gold["picture"] = picture
        seen = picture[None].float() / 127.5 - 1
        gold["encoded"] = (pipe.vae.encode(seen).latent_dist.mean - 0.0609) * 1.5305
    pipe.save_pretrained(PIPELINE)
    without = StableDiffusion3Pipeline(**(pipe.components | dict(text_encoder_3=None, tokenizer_3=None)))
    without.set_progress_bar_config(disable=True)
    run(gold, without, "without")
    shifted = FlowMatchEulerDiscreteScheduler.from_config(pipe.scheduler.config, use_dynamic_shifting=True, time_shift_type="linear")
    sized = StableDiffusion3Pipeline(**(pipe.components | dict(scheduler=shifted)))
    sized.set_progress_bar_config(disable=True)
    run(gold, sized, "sized")

    lora(pipe.transformer, 6)
    gold["diffusers.out"] = predicted(pipe.transformer, given)
    strength(pipe.transformer, 0.6)
    gold["diffusers.weaker"] = predicted(pipe.transformer, given)
    run(gold, pipe, "diffusers")
    state = {k: v.contiguous() for k, v in get_peft_model_state_dict(pipe.transformer).items()}
    StableDiffusion3Pipeline.save_lora_weights(OUT, transformer_lora_layers=state, weight_name="diffusers.safetensors")

    for folder in ("tokenizer", "tokenizer_2"):
        shutil.rmtree(PIPELINE / folder, ignore_errors=True)
        shutil.copytree(CLIP / folder, PIPELINE / folder)
    gold = {k: v.detach().contiguous().clone() for k, v in gold.items()}
    save_file(gold, OUT / "expected.safetensors", metadata={"prompt": PROMPT, "negative": NEGATIVE})
    for f in sorted(OUT.rglob("*")):
        if f.is_file():
            print(f"{f.stat().st_size:8d} {f.relative_to(OUT)}")


if __name__ == "__main__":
    main()
