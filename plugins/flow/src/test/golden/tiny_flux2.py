"""Makes src/test/resources/flux2: a tiny random FLUX.2 [klein], and what diffusers computes with it.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python tiny_flux2.py
`tiny-klein` is a whole pipeline, `keys` a transformer alone with other sizes and frequencies than diffusers has where nothing is said,
`small-decoder/vae` an autoencoder whose decoder has other widths than its encoder. All of it is described in README.md beside this file.
"""

import shutil

import numpy as np
import torch
from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2KleinPipeline, Flux2Transformer2DModel
from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu, retrieve_timesteps
from peft import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from tiny_flux import Layers
from tiny_qwen import TEMPLATE, tokenizer
from tiny_sd3 import NEGATIVE, OUT, PROMPT, lora, randomise, seeded, strength
from transformers import Qwen3Config, Qwen3ForCausalLM

FLUX2 = OUT / "flux2"
PIPELINE, KEYS, SMALL = FLUX2 / "tiny-klein", FLUX2 / "keys", FLUX2 / "small-decoder/vae"
HEADS, HEAD, TEXT, STEPS, SEED = 2, 8, 8, 4, 7
DOUBLE, SINGLE, CHANNELS = 2, 2, 4
FIRST, LAST = 48, 4
SCHEDULES = [(24, 4), (24, 2), (1024, 4), (4096, 50), (4300, 30), (4301, 30), (8160, 4)]


def transformer(seed):
    return randomise(Flux2Transformer2DModel(
        in_channels=4 * CHANNELS, num_layers=DOUBLE, num_single_layers=SINGLE, attention_head_dim=HEAD, num_attention_heads=HEADS,
        joint_attention_dim=3 * TEXT, timestep_guidance_channels=32, axes_dims_rope=(2, 2, 2, 2), guidance_embeds=False), seed)


def keys(seed):
    return short(randomise(Flux2Transformer2DModel(
        in_channels=8, num_layers=1, num_single_layers=1, attention_head_dim=12, num_attention_heads=1, joint_attention_dim=10,
        timestep_guidance_channels=16, mlp_ratio=2.0, axes_dims_rope=(2, 2, 4, 4), rope_theta=100, guidance_embeds=False), seed))


def inputs(model, rows, height, width, words, seed):
    g = seeded(seed)
    return dict(
        latents=torch.randn(rows, model.config.in_channels, height, width, generator=g), timestep=torch.tensor([900.5, 37.25])[:rows],
        context=torch.randn(rows, words, model.config.joint_attention_dim, generator=g))


def run_model(model, latents, timestep, context):
    """The prediction as Flux2KleinPipeline takes it."""
    pipe = Flux2KleinPipeline
    out = model(
        hidden_states=pipe._pack_latents(latents), timestep=timestep / 1000, guidance=None, encoder_hidden_states=context,
        txt_ids=pipe._prepare_text_ids(context), img_ids=pipe._prepare_latent_ids(latents), return_dict=False)[0]
    return unpacked(out, *latents.shape[2:])


def unpacked(tokens, height, width):
    """Places of the picture as [batch, channels, height, width]."""
    return tokens.transpose(1, 2).unflatten(2, (height, width))


def predicted(model, given):
    with torch.no_grad():
        return run_model(model, **given)


class Changed(Layers):
    def __init__(self, seed):
        self.g, self.model, self.tensors = seeded(seed), transformer(1), {}


def blocks():
    """Layers of the blocks under their names in Black Forest Labs' code, with the layers of diffusers that each is."""
    names = {}
    for i in range(DOUBLE):
        ours, theirs = f"transformer_blocks.{i}.", f"double_blocks.{i}."
        names[theirs + "img_attn.qkv"] = [ours + f"attn.to_{n}" for n in "qkv"]
        names[theirs + "txt_attn.qkv"] = [ours + f"attn.add_{n}_proj" for n in "qkv"]
        for mine, other in (
            ("attn.to_out.0", "img_attn.proj"), ("attn.to_add_out", "txt_attn.proj"), ("ff.linear_in", "img_mlp.0"),
            ("ff.linear_out", "img_mlp.2"), ("ff_context.linear_in", "txt_mlp.0"), ("ff_context.linear_out", "txt_mlp.2")):
            names[theirs + other] = [ours + mine]
    for i in range(SINGLE):
        ours, theirs = f"single_transformer_blocks.{i}.attn.", f"single_blocks.{i}."
        names[theirs + "linear1"], names[theirs + "linear2"] = [ours + "to_qkv_mlp_proj"], [ours + "to_out"]
    return names


AROUND = {
    "img_in": "x_embedder", "txt_in": "context_embedder", "time_in.in_layer": "time_guidance_embed.timestep_embedder.linear_1",
    "time_in.out_layer": "time_guidance_embed.timestep_embedder.linear_2", "final_layer.linear": "proj_out"}
MODULATIONS = ("double_stream_modulation_img", "double_stream_modulation_txt", "single_stream_modulation")
LAST_NORM = "diffusion_model.final_layer.adaLN_modulation.1"


def others():
    """Adapters in the layouts of other programs."""
    made = {}
    kohya = Changed(9)
    for name, sites in (blocks() | {k: [v] for k, v in AROUND.items()}).items():
        kohya.add("lora_unet_" + name.replace(".", "_"), ("lora_down", "lora_up"), sites, alpha=3.0)
    made["kohya"] = kohya
    toolkit = Changed(10)
    for name, sites in blocks().items():
        toolkit.add("diffusion_model." + name, ("lora_A", "lora_B"), sites)
    made["aitoolkit"] = toolkit
    comfy = Changed(11)
    for name, sites in ({k: [v] for k, v in AROUND.items()} | {f"{m}.lin": [f"{m}.linear"] for m in MODULATIONS}).items():
        comfy.add("diffusion_model." + name, ("lora_A", "lora_B"), sites)
    comfy.add(LAST_NORM, ("lora_A", "lora_B"), ["norm_out.linear"], swapped=True)
    made["comfy"] = comfy
    for name, prefix, block in (("expanded", "diffusion_model.", 0), ("peft", "base_model.model.", 1)):
        plain = Changed(12 + block)
        for site in (s for sites in blocks().values() for s in sites if f"_blocks.{block}." in s):
            plain.add(prefix + site, ("lora_A", "lora_B"), [site])
        made[name] = plain
    return made


def loaded(tensors):
    """The transformer with an adapter as diffusers' loader reads it, which leaves the halves of the last norm where they are."""
    pipe = Flux2KleinPipeline(scheduler=scheduler(), vae=None, text_encoder=None, tokenizer=None, transformer=transformer(1))
    up = LAST_NORM + ".lora_B.weight"
    if up in tensors:
        tensors = tensors | {up: torch.cat(tensors[up].chunk(2)[::-1])}
    pipe.load_lora_weights(tensors)
    return pipe.transformer


def scheduler():
    return FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=3.0, use_dynamic_shifting=True, time_shift_type="exponential")


def short(module):
    """Weights that are BF16, so that their file is small."""
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(p.bfloat16())
    return module


def autoencoder(seed, **more):
    vae = short(randomise(AutoencoderKLFlux2(
        block_out_channels=(4, 8), layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=4, latent_channels=CHANNELS, sample_size=16, **more), seed))
    g = seeded(seed + 50)
    with torch.no_grad():
        vae.bn.running_mean.copy_(torch.randn(4 * CHANNELS, generator=g))
        vae.bn.running_var.copy_(0.05 + 4 * torch.rand(4 * CHANNELS, generator=g) ** 2)
    return vae


def language(words):
    """Qwen3, whose many layers add little each, so that rounding grows little too."""
    model = randomise(Qwen3ForCausalLM(Qwen3Config(
        vocab_size=words, hidden_size=TEXT, intermediate_size=12, num_hidden_layers=29, num_attention_heads=2, num_key_value_heads=1,
        head_dim=4, max_position_embeddings=1024, tie_word_embeddings=True)), 3)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                p *= 0.3
    return short(model)


def pipeline():
    tok = tokenizer()
    assert "enable_thinking" in TEMPLATE
    text = language(len(tok))
    pipe = Flux2KleinPipeline(transformer=transformer(1), scheduler=scheduler(), vae=autoencoder(2), text_encoder=text, tokenizer=tok)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def run(gold, pipe, name, kept, height=16, width=24, steps=STEPS, **more):
    def keep(pipe, step, t, kwargs):
        if step in kept:
            gold[f"{name}.step{step}"] = unpacked(kwargs["latents"], height // 4, width // 4).clone()
        return kwargs

    pipe(prompt=PROMPT, generator=seeded(SEED), num_inference_steps=steps, height=height, width=width, output_type="latent",
         callback_on_step_end=keep, **more)


def texts(gold, pipe):
    with torch.no_grad():
        for name, text in (("prompt", PROMPT), ("negative", NEGATIVE), ("empty", "")):
            context, _ = pipe.encode_prompt(text)
            assert context.shape == (1, 512, 3 * TEXT)
            gold[name + ".context"] = torch.cat([context[0, :FIRST], context[0, -LAST:]])
            message = pipe.tokenizer.apply_chat_template(
                [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True, enable_thinking=False)
            gold[name + ".ids"] = torch.tensor(pipe.tokenizer(message).input_ids)


def picture(pipe):
    with torch.no_grad():
        return torch.from_numpy(pipe(
            prompt=PROMPT, generator=seeded(SEED), num_inference_steps=STEPS, height=16, width=24, output_type="np").images[0])


def encoded(pipe, picture):
    with torch.no_grad():
        return pipe._encode_vae_image(picture[None].float() / 127.5 - 1, None)


def shortened(file):
    """Halves the file of a module whose weights are BF16 in value."""
    tensors = load_file(file)
    small = {k: v.bfloat16() if v.dtype == torch.float32 and torch.equal(v.bfloat16().float(), v) else v for k, v in tensors.items()}
    save_file(small, file, metadata={"format": "pt"})


def main():
    for folder in (PIPELINE, KEYS, SMALL):
        shutil.rmtree(folder, ignore_errors=True)
    gold = {}
    odd = keys(4)
    given = inputs(transformer(1), 2, 3, 5, 7, 20)
    for name, model, case in (
        ("uneven", transformer(1), given), ("even", transformer(1), inputs(transformer(1), 1, 4, 4, 32, 21)), ("keys", odd, inputs(odd, 2, 2, 3, 6, 22))):
        gold |= {f"{name}.{k}": v for k, v in case.items()}
        gold[name + ".out"] = predicted(model, case)
    odd.save_pretrained(KEYS)

    pipe = pipeline()
    texts(gold, pipe)
    run(gold, pipe, "plain", range(3))
    with torch.no_grad():
        negative, _ = pipe.encode_prompt(NEGATIVE)
    run(gold, pipe, "negative", [2], negative_prompt_embeds=negative)
    run(gold, pipe, "unguided", [2], guidance_scale=1.0)
    run(gold, pipe, "larger", [2], height=24, width=40)
    run(gold, pipe, "two", [0], height=24, width=40, steps=2)
    run(gold, pipe, "thirty", [28], height=24, width=40, steps=30)
    for tokens, steps in SCHEDULES:
        plan = scheduler()
        retrieve_timesteps(plan, sigmas=np.linspace(1.0, 1 / steps, steps), mu=compute_empirical_mu(tokens, steps))
        gold[f"sigmas.{tokens}.{steps}"] = plan.sigmas

    gold["picture"] = torch.randint(256, (3, 16, 24), generator=seeded(31), dtype=torch.uint8)
    gold["image"], gold["encoded"] = picture(pipe), encoded(pipe, gold["picture"])
    pipe.save_pretrained(PIPELINE)
    small = autoencoder(5, decoder_block_out_channels=(8, 4))
    smaller = Flux2KleinPipeline(**(pipe.components | dict(vae=small)))
    smaller.set_progress_bar_config(disable=True)
    gold["small.image"], gold["small.encoded"] = picture(smaller), encoded(smaller, gold["picture"])
    small.save_pretrained(SMALL)
    for file in (PIPELINE / "text_encoder/model.safetensors", *(f / "diffusion_pytorch_model.safetensors" for f in (PIPELINE / "vae", SMALL, KEYS))):
        shortened(file)

    for name, layers in others().items():
        tensors = {k: v.contiguous() for k, v in layers.tensors.items()}
        save_file(tensors, FLUX2 / f"{name}.safetensors", metadata={"format": "pt"})
        gold[name + ".out"] = predicted(layers.model, given)
        assert not torch.allclose(gold[name + ".out"], gold["uneven.out"], atol=1e-2), name
        assert torch.allclose(predicted(loaded(tensors), given), gold[name + ".out"], atol=1e-5), name
    lora(pipe.transformer, 6)
    gold["diffusers.out"] = predicted(pipe.transformer, given)
    strength(pipe.transformer, 0.6)
    gold["diffusers.weaker"] = predicted(pipe.transformer, given)
    run(gold, pipe, "diffusers", range(3))
    state = {k: v.contiguous() for k, v in get_peft_model_state_dict(pipe.transformer).items()}
    Flux2KleinPipeline.save_lora_weights(FLUX2, transformer_lora_layers=state, weight_name="diffusers.safetensors")
    assert torch.allclose(predicted(loaded(load_file(FLUX2 / "diffusers.safetensors")), given), gold["diffusers.out"], atol=1e-5)
    gold = {k: v.detach().contiguous().clone() for k, v in gold.items()}
    save_file(gold, FLUX2 / "expected.safetensors", metadata={"prompt": PROMPT, "negative": NEGATIVE})
    for f in sorted(FLUX2.rglob("*")):
        if f.is_file():
            print(f"{f.stat().st_size:8d} {f.relative_to(FLUX2)}")
    for name, value in gold.items():
        print(name, list(value.shape), f"{value.double().abs().max():.3g}")


if __name__ == "__main__":
    main()
