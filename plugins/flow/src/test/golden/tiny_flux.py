"""Makes src/test/resources/flux: a tiny random FLUX.1, and what diffusers computes with it.

Run offline with the versions of requirements.txt, after tiny_sd3.py:  HF_HUB_OFFLINE=1 python tiny_flux.py
`tiny-flux` is a whole pipeline as FLUX.1 [dev] is; `schnell` a transformer alone, without the embedder of the guidance. CLIP's tokeniser is
that of lora-diffusion's tiny-xl. All of it is described in README.md beside this file.
"""

import shutil

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel
from peft import get_peft_model_state_dict
from safetensors.torch import save_file
from tiny_sd3 import CLIP, NEGATIVE, OUT, PROMPT, lora, predicted, randomise, seeded, strength, t5_tokenizer, text_config
from transformers import CLIPTextModel, CLIPTokenizer, T5Config, T5EncoderModel

FLUX = OUT / "flux"
PIPELINE = FLUX / "tiny-flux"
WIDTH, HEADS, JOINT, POOLED, STEPS, SEED, RANK = 16, 2, 16, 12, 4, 7, 2
DYNAMIC = dict(use_dynamic_shifting=True, base_shift=0.5, max_shift=1.15, base_image_seq_len=256, max_image_seq_len=4096, shift=3.0)


def transformer(guided, seed, blocks=2):
    return randomise(FluxTransformer2DModel(
        in_channels=64, num_layers=blocks, num_single_layers=blocks, attention_head_dim=WIDTH // HEADS, num_attention_heads=HEADS,
        joint_attention_dim=JOINT, pooled_projection_dim=POOLED, guidance_embeds=guided, axes_dims_rope=(2, 2, 4)), seed)


def inputs(guided, seed):
    """Two pictures of 16 x 24 pixels; latents are packed for diffusers alone."""
    g = seeded(seed)
    latents = torch.randn(2, 16, 8, 12, generator=g)
    given = dict(
        hidden_states=FluxPipeline._pack_latents(latents, 2, 16, 8, 12), timestep=torch.tensor([900.5, 37.25]) / 1000,
        encoder_hidden_states=torch.randn(2, 7, JOINT, generator=g), pooled_projections=torch.randn(2, POOLED, generator=g),
        img_ids=FluxPipeline._prepare_latent_image_ids(2, 4, 6, "cpu", torch.float32), txt_ids=torch.zeros(7, 3))
    if guided:
        given["guidance"] = torch.tensor([3.5, 1.0])
    kept = dict(latents=latents, timestep=torch.tensor([900.5, 37.25]))
    kept |= {k: given[k] for k in ("encoder_hidden_states", "pooled_projections")}
    if guided:
        kept["guidance"] = given["guidance"][:, None]
    return given, kept


def unpacked(latents, height=16, width=24):
    return FluxPipeline._unpack_latents(latents, height, width, 2)


class Layers:
    """Adapters of other programs: their tensors, and the transformer with what they change of each layer of diffusers."""

    def __init__(self, seed):
        self.g, self.model, self.tensors = seeded(seed), transformer(True, 1), {}

    def pair(self, out, width_in):
        return torch.randn(RANK, width_in, generator=self.g) / width_in**0.5, 0.3 * torch.randn(out, RANK, generator=self.g)

    def change(self, sites, delta):
        """Adds rows to layers that stand one below the other."""
        layers = [self.model.get_submodule(site) for site in sites]
        with torch.no_grad():
            for layer, rows in zip(layers, delta.split([layer.weight.shape[0] for layer in layers])):
                layer.weight += rows

    def size(self, sites):
        layers = [self.model.get_submodule(site) for site in sites]
        return sum(layer.weight.shape[0] for layer in layers), layers[0].weight.shape[1]

    def add(self, key, names, sites, alpha=None, swapped=False):
        down, up = self.pair(*self.size(sites))
        self.tensors[f"{key}.{names[0]}.weight"], self.tensors[f"{key}.{names[1]}.weight"] = down, up
        delta = up @ down
        if alpha is not None:
            self.tensors[key + ".alpha"] = torch.tensor(alpha)
            delta = alpha / RANK * delta
        self.change(sites, torch.cat(delta.chunk(2)[::-1]) if swapped else delta)


def native(model):
    """Layers under their names in Black Forest Labs' code, with the layers of diffusers that each is."""
    names = {}
    for i in range(model.config.num_layers):
        ours, theirs = f"transformer_blocks.{i}.", f"double_blocks.{i}."
        names[theirs + "img_attn.qkv"] = [ours + f"attn.to_{n}" for n in "qkv"]
        names[theirs + "txt_attn.qkv"] = [ours + f"attn.add_{n}_proj" for n in "qkv"]
        for mine, other in (
            ("attn.to_out.0", "img_attn.proj"), ("attn.to_add_out", "txt_attn.proj"), ("ff.net.0.proj", "img_mlp.0"),
            ("ff.net.2", "img_mlp.2"), ("ff_context.net.0.proj", "txt_mlp.0"), ("ff_context.net.2", "txt_mlp.2"),
            ("norm1.linear", "img_mod.lin"), ("norm1_context.linear", "txt_mod.lin")):
            names[theirs + other] = [ours + mine]
    for i in range(model.config.num_single_layers):
        ours, theirs = f"single_transformer_blocks.{i}.", f"single_blocks.{i}."
        names[theirs + "linear1"] = [ours + f"attn.to_{n}" for n in "qkv"] + [ours + "proj_mlp"]
        names[theirs + "linear2"] = [ours + "proj_out"]
        names[theirs + "modulation.lin"] = [ours + "norm.linear"]
    return names


def others():
    """Adapters in the layouts of other programs."""
    made = {}
    kohya = Layers(9)
    for name, sites in native(kohya.model).items():
        kohya.add("lora_unet_" + name.replace(".", "_"), ("lora_down", "lora_up"), sites, alpha=3.0)
    for name, site in (("img_in", "x_embedder"), ("guidance_in.in_layer", "time_text_embed.guidance_embedder.linear_1")):
        kohya.add("lora_unet_" + name.replace(".", "_"), ("lora_down", "lora_up"), [site], alpha=1.0)
    made["kohya"] = kohya
    bfl = Layers(10)
    for name, sites in native(bfl.model).items():
        bfl.add("diffusion_model." + name, ("lora_A", "lora_B"), sites)
    bfl.add("diffusion_model.final_layer.adaLN_modulation.1", ("lora_A", "lora_B"), ["norm_out.linear"], swapped=True)
    made["bfl"] = bfl
    one_trainer = Layers(11)
    for site in (s for sites in native(one_trainer.model).values() for s in sites):
        one_trainer.add("lora_transformer_" + site.replace(".", "_"), ("lora_down", "lora_up"), [site], alpha=1.0)
    made["onetrainer"] = one_trainer
    xlabs = Layers(12)
    for name, sites in native(xlabs.model).items():
        block, layer = name.rsplit(".", 2)[0] if "double" in name else name.rsplit(".", 1)[0], name.split(".", 2)[2]
        stream = "1" if layer.startswith("img") else "2"
        if layer in ("img_attn.qkv", "txt_attn.qkv"):
            xlabs.add(f"{block}.processor.qkv_lora{stream}", ("down", "up"), sites)
        elif layer in ("img_attn.proj", "txt_attn.proj"):
            xlabs.add(f"{block}.processor.proj_lora{stream}", ("down", "up"), sites)
        elif layer == "linear1":
            xlabs.add(f"{block}.processor.qkv_lora", ("down", "up"), sites[:3])
        elif layer == "linear2":
            xlabs.add(f"{block}.processor.proj_lora", ("down", "up"), sites)
    made["xlabs"] = xlabs
    return made


def pipeline():
    tok = CLIPTokenizer.from_pretrained(CLIP / "tokenizer")
    tok2 = t5_tokenizer(PIPELINE / "tokenizer_2")
    tok2.model_max_length = 512
    vae = randomise(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=16, block_out_channels=(4, 8), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=4,
        sample_size=16, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False), 2)
    config = text_config(POOLED, "quick_gelu", 10, tok)
    config.eos_token_id = 2  # as in the published file, where it means the greatest token
    clip = randomise(CLIPTextModel(config), 3)
    t5 = randomise(T5EncoderModel(T5Config(
        vocab_size=len(tok2), d_model=JOINT, d_kv=8, d_ff=40, num_layers=2, num_heads=4, relative_attention_num_buckets=8,
        relative_attention_max_distance=20, feed_forward_proj="gated-gelu")), 5)
    pipe = FluxPipeline(
        transformer=transformer(True, 1), scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, **DYNAMIC), vae=vae,
        text_encoder=clip, text_encoder_2=t5, tokenizer=tok, tokenizer_2=tok2)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def run(gold, pipe, name, height=16, width=24, kept=(0, 1, 2), **more):
    def keep(pipe, step, t, kwargs):
        if step in kept:
            gold[f"{name}.step{step}"] = unpacked(kwargs["latents"], height, width).clone()
        return kwargs

    pipe(PROMPT, generator=seeded(SEED), num_inference_steps=STEPS, height=height, width=width, output_type="latent",
         callback_on_step_end=keep, **more)


def texts(gold, pipe, name, length):
    """In F64: the error of F32 is another by processor, and up to 1.8e-5 of the greatest number."""
    encoders = pipe.text_encoder, pipe.text_encoder_2
    for encoder in encoders:
        encoder.double()
    with torch.no_grad():
        context, pooled, _ = pipe.encode_prompt(PROMPT, None, max_sequence_length=length)
    for encoder in encoders:
        encoder.float()
    gold[name + ".context"], gold[name + ".pooled"] = context.float(), pooled.float()


def main():
    for name in ("tiny-flux", "schnell"):
        shutil.rmtree(FLUX / name, ignore_errors=True)
    gold = {}
    schnell = transformer(False, 8, blocks=1)
    for name, model, seed in (("dev", transformer(True, 1), 20), ("schnell", schnell, 21)):
        given, kept = inputs(name == "dev", seed)
        gold |= {f"{name}.{k}": v for k, v in kept.items()}
        gold[name + ".out"] = unpacked(predicted(model, given))
    schnell.save_pretrained(FLUX / "schnell")

    pipe = pipeline()
    given, _ = inputs(True, 20)
    texts(gold, pipe, "dev", 512)
    run(gold, pipe, "dev")
    run(gold, pipe, "stronger", kept=(2,), guidance_scale=6.0)
    run(gold, pipe, "larger", height=32, width=40, kept=(2,))
    with torch.no_grad():
        gold["image"] = torch.from_numpy(pipe(
            PROMPT, generator=seeded(SEED), num_inference_steps=STEPS, height=16, width=24, output_type="np").images[0])
        picture = torch.randint(256, (3, 16, 24), generator=seeded(31), dtype=torch.uint8)
        gold["picture"] = picture
        seen = picture[None].float() / 127.5 - 1
        gold["encoded"] = (pipe.vae.encode(seen).latent_dist.mean - 0.1159) * 0.3611
    pipe.save_pretrained(PIPELINE)

    fast = FluxPipeline(**(pipe.components | dict(
        transformer=schnell, scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=1.0))))
    fast.set_progress_bar_config(disable=True)
    texts(gold, fast, "schnell", 256)
    run(gold, fast, "fast", kept=(2,), max_sequence_length=256)
    run(gold, fast, "negative", kept=(2,), max_sequence_length=256, negative_prompt=NEGATIVE, true_cfg_scale=4.0)

    for name, layers in others().items():
        save_file({k: v.contiguous() for k, v in layers.tensors.items()}, FLUX / f"{name}.safetensors", metadata={"format": "pt"})
        gold[name + ".out"] = unpacked(predicted(layers.model, given))
    lora(pipe.transformer, 6)
    gold["diffusers.out"] = unpacked(predicted(pipe.transformer, given))
    strength(pipe.transformer, 0.6)
    gold["diffusers.weaker"] = unpacked(predicted(pipe.transformer, given))
    run(gold, pipe, "diffusers")
    state = {k: v.contiguous() for k, v in get_peft_model_state_dict(pipe.transformer).items()}
    FluxPipeline.save_lora_weights(FLUX, transformer_lora_layers=state, weight_name="diffusers.safetensors")

    shutil.rmtree(PIPELINE / "tokenizer")
    shutil.copytree(CLIP / "tokenizer", PIPELINE / "tokenizer")
    gold = {k: v.detach().contiguous().clone() for k, v in gold.items()}
    save_file(gold, FLUX / "expected.safetensors", metadata={"prompt": PROMPT, "negative": NEGATIVE})
    for f in sorted(FLUX.rglob("*")):
        if f.is_file():
            print(f"{f.stat().st_size:8d} {f.relative_to(FLUX)}")


if __name__ == "__main__":
    main()
