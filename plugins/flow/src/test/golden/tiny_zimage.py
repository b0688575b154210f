"""Makes src/test/resources/zimage: a tiny random Z-Image, and what diffusers computes with it.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python tiny_zimage.py
`tiny-zimage` is a whole pipeline. All of it is described in README.md beside this file.
"""

import shutil

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, ZImagePipeline, ZImageTransformer2DModel
from peft import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from tiny_flux import DYNAMIC, Layers
from tiny_qwen import CHAT, tokenizer
from tiny_sd3 import NEGATIVE, OUT, PROMPT, lora, randomise, seeded, strength
from transformers import Qwen3Config, Qwen3Model

ZIMAGE = OUT / "zimage"
PIPELINE = ZIMAGE / "tiny-zimage"
WIDTH, HEADS, TEXT, STEPS, SEED = 16, 2, 16, 4, 7
BLOCKS, REFINERS = 2, 1
TIME = "t_embedder.mlp.0.weight"


def transformer(seed):
    model = randomise(ZImageTransformer2DModel(
        dim=WIDTH, n_layers=BLOCKS, n_refiner_layers=REFINERS, n_heads=HEADS, n_kv_heads=HEADS, cap_feat_dim=TEXT,
        axes_dims=[2, 2, 4], axes_lens=[1024, 64, 64]), seed)
    with torch.no_grad():
        for name in ("x_pad_token", "cap_pad_token"):
            getattr(model, name).copy_(torch.randn(1, WIDTH, generator=seeded(seed + 50)))
        # A layer of a width that no configuration changes: few numbers of it, so that the file packs well.
        time = model.get_parameter(TIME)
        time[32:] = 0
        time.copy_(time.bfloat16())
    return model


def inputs(rows, height, width, lengths, seed):
    g = seeded(seed)
    longest = max(lengths)
    texts = torch.randn(rows, longest, TEXT, generator=g)
    for text, length in zip(texts, lengths):
        text[length:] = 0
    return dict(
        latents=torch.randn(rows, 16, height, width, generator=g), timestep=torch.tensor([900.5, 37.25])[:rows], context=texts,
    ), lengths


def predicted(model, given):
    kept, lengths = given
    with torch.no_grad():
        return run_model(model, kept["latents"], kept["timestep"], [t[:n] for t, n in zip(kept["context"], lengths)])


def run_model(model, latents, timestep, texts):
    """The prediction as ZImagePipeline takes it: with time from 0 at noise to 1, and the other sign."""
    out = model(list(latents.unsqueeze(2).unbind(0)), (1000 - timestep) / 1000, texts, return_dict=False)[0]
    return -torch.stack(out).squeeze(2)


class Changed(Layers):
    def __init__(self, seed):
        self.g, self.model, self.tensors = seeded(seed), transformer(1), {}


def blocks():
    yield from (f"noise_refiner.{i}" for i in range(REFINERS))
    yield from (f"context_refiner.{i}" for i in range(REFINERS))
    yield from (f"layers.{i}" for i in range(BLOCKS))


def native():
    """Layers under their names in the code of Z-Image, with the layers of diffusers that each is."""
    names = {}
    for block in blocks():
        names[block + ".attention.qkv"] = [f"{block}.attention.to_{n}" for n in "qkv"]
        names[block + ".attention.out"] = [block + ".attention.to_out.0"]
        for n in "123":
            names[f"{block}.feed_forward.w{n}"] = [f"{block}.feed_forward.w{n}"]
        if not block.startswith("context"):
            names[block + ".adaLN_modulation.0"] = [block + ".adaLN_modulation.0"]
    return names


def others():
    """Adapters in the layouts of other programs."""
    made = {}
    kohya = Changed(9)
    for name, sites in native().items():
        kohya.add("lora_unet_" + name.replace(".", "_"), ("lora_down", "lora_up"), sites, alpha=3.0)
    made["kohya"] = kohya
    musubi = Changed(10)
    for site in (s for sites in native().values() for s in sites):
        musubi.add("lora_unet_" + site.replace(".", "_"), ("lora_down", "lora_up"), [site], alpha=1.0)
    made["musubi"] = musubi
    toolkit = Changed(11)
    for site in (s for sites in native().values() for s in sites):
        toolkit.add("diffusion_model." + site, ("lora_A", "lora_B"), [site])
    made["aitoolkit"] = toolkit
    comfy = Changed(12)
    for name, sites in native().items():
        comfy.add("diffusion_model." + name, ("lora_A", "lora_B"), sites)
    for name, site in (("final_layer.linear", "all_final_layer.2-1.linear"), ("x_embedder", "all_x_embedder.2-1"), ("cap_embedder.1", "cap_embedder.1")):
        comfy.add("diffusion_model." + name, ("lora_A", "lora_B"), [site])
    made["comfy"] = comfy
    return made


def pipeline():
    tok = tokenizer()
    vae = randomise(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=16, block_out_channels=(4, 8), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=4,
        sample_size=16, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False), 2)
    text = randomise(Qwen3Model(Qwen3Config(
        vocab_size=len(tok), hidden_size=TEXT, intermediate_size=24, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
        head_dim=8, max_position_embeddings=1024, tie_word_embeddings=True)), 3)
    pipe = ZImagePipeline(
        transformer=transformer(1), scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=3.0), vae=vae,
        text_encoder=text, tokenizer=tok)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def run(gold, pipe, name, kept=(2,), height=16, width=24, guidance=4.0, **more):
    def keep(pipe, step, t, kwargs):
        if step in kept:
            gold[f"{name}.step{step}"] = kwargs["latents"].clone()
        return kwargs

    pipe([PROMPT], generator=seeded(SEED), num_inference_steps=STEPS, height=height, width=width, output_type="latent",
         callback_on_step_end=keep, guidance_scale=guidance, **more)


def main():
    shutil.rmtree(PIPELINE, ignore_errors=True)
    gold = {}
    given = inputs(2, 8, 12, (7, 40), 20)
    even = inputs(1, 16, 16, (32,), 21)
    for name, case in (("uneven", given), ("even", even)):
        gold |= {f"{name}.{k}": v for k, v in case[0].items()}
        gold[name + ".out"] = predicted(transformer(1), case)

    pipe = pipeline()
    with torch.no_grad():
        for name, text in (("prompt", PROMPT), ("negative", NEGATIVE), ("empty", "")):
            gold[name + ".context"] = pipe.encode_prompt(text, do_classifier_free_guidance=False)[0][0]
            ids = CHAT.replace("PROMPT", text)
            gold[name + ".ids"] = torch.tensor(pipe.tokenizer(ids).input_ids)
    run(gold, pipe, "plain", kept=(0, 1, 2))
    run(gold, pipe, "negative", negative_prompt=[NEGATIVE])
    run(gold, pipe, "unguided", guidance=0.0)
    run(gold, pipe, "larger", height=32, width=32)
    with torch.no_grad():
        gold["image"] = torch.from_numpy(pipe(
            [PROMPT], generator=seeded(SEED), num_inference_steps=STEPS, height=16, width=24, guidance_scale=4.0, output_type="np").images[0])
        picture = torch.randint(256, (3, 16, 24), generator=seeded(31), dtype=torch.uint8)
        gold["picture"] = picture
        seen = picture[None].float() / 127.5 - 1
        gold["encoded"] = (pipe.vae.encode(seen).latent_dist.mean - 0.1159) * 0.3611
    pipe.save_pretrained(PIPELINE)
    weights = PIPELINE / "transformer/diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    tensors[TIME] = tensors[TIME].bfloat16()
    save_file(tensors, weights, metadata={"format": "pt"})
    shifted = ZImagePipeline(**(pipe.components | dict(scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, **DYNAMIC))))
    shifted.set_progress_bar_config(disable=True)
    run(gold, shifted, "sized", height=32, width=32)

    for name, layers in others().items():
        save_file({k: v.contiguous() for k, v in layers.tensors.items()}, ZIMAGE / f"{name}.safetensors", metadata={"format": "pt"})
        gold[name + ".out"] = predicted(layers.model, given)
    lora(pipe.transformer, 6)
    gold["diffusers.out"] = predicted(pipe.transformer, given)
    strength(pipe.transformer, 0.6)
    gold["diffusers.weaker"] = predicted(pipe.transformer, given)
    run(gold, pipe, "diffusers", kept=(0, 1, 2))
    state = {k: v.contiguous() for k, v in get_peft_model_state_dict(pipe.transformer).items()}
    ZImagePipeline.save_lora_weights(ZIMAGE, transformer_lora_layers=state, weight_name="diffusers.safetensors")
    gold = {k: v.detach().contiguous().clone() for k, v in gold.items()}
    save_file(gold, ZIMAGE / "expected.safetensors", metadata={"prompt": PROMPT, "negative": NEGATIVE})
    for f in sorted(ZIMAGE.rglob("*")):
        if f.is_file():
            print(f"{f.stat().st_size:8d} {f.relative_to(ZIMAGE)}")


if __name__ == "__main__":
    main()
