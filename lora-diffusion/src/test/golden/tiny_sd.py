"""Makes src/test/resources/tiny-sd: a tiny random Stable Diffusion, and what the Python world computes with it.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python tiny_sd.py
Every tensor of golden.safetensors is described in README.md beside this file.
"""

import copy
import json
import shutil
from collections import Counter
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

OUT = Path(__file__).resolve().parent.parent / "resources" / "tiny-sd"
BOS, EOS = "<|startoftext|>", "<|endoftext|>"
PROMPT = "A red fox, drawn with ink, isn't it? 12 caf\u00e9s \U0001f98a"

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def randomise(module, seed):
    """Weights of unit gain; norms and biases away from their ones and zeros, so that an unused one shows."""
    g = seeded(seed)
    kinds = {}
    for name, sub in module.named_modules():
        for key, _ in sub.named_parameters(recurse=False):
            kinds[f"{name}.{key}" if name else key] = type(sub)
    with torch.no_grad():
        for name, p in module.named_parameters():
            noise = torch.randn(p.shape, generator=g)
            kind = kinds[name]
            if kind is torch.nn.Embedding:
                p.copy_(0.5 * noise)
            elif name.endswith("bias"):
                p.copy_(0.1 * noise)
            elif "Norm" in kind.__name__:
                p.copy_(1 + 0.2 * noise)
            else:
                p.copy_(noise / p[0].numel() ** 0.5)
    return module.eval()


def byte_letters():
    """The printable letter that byte-level BPE shows for each byte, in CLIP's order."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in kept]
    return {b: chr(b) for b in kept} | {b: chr(256 + i) for i, b in enumerate(rest)}


def tokenizer(folder, merges_wanted=160):
    text = """a red fox drawn with ink in the style of a picture the blue house and the green tree on the hill
    a photo of a cat and a dog with a hat a drawing of the sun over the sea flat color icon line art glossy"""
    letters = byte_letters()
    words = Counter(tuple(letters[b] for b in w.encode()) for w in text.split())
    words = {w[:-1] + (w[-1] + "</w>",): n for w, n in words.items()}
    merges = []
    while len(merges) < merges_wanted:
        pairs = Counter()
        for w, n in words.items():
            for pair in zip(w, w[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = max(sorted(pairs), key=pairs.get)
        merges.append(best)
        words = {joined(w, best): n for w, n in words.items()}
    tokens = [*letters.values(), *(c + "</w>" for c in letters.values()), *("".join(m) for m in merges), BOS, EOS]
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    special = lambda t: {"content": t, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}
    special_map = {"bos_token": special(BOS), "eos_token": special(EOS), "unk_token": special(EOS), "pad_token": EOS}
    (folder / "special_tokens_map.json").write_text(json.dumps(special_map, indent=2))
    added = {str(tokens.index(t)): special(t) | {"special": True} for t in (BOS, EOS)}
    config = {"add_prefix_space": False, "added_tokens_decoder": added, "bos_token": BOS, "eos_token": EOS,
              "unk_token": EOS, "pad_token": EOS, "model_max_length": 77, "do_lower_case": True, "errors": "replace",
              "tokenizer_class": "CLIPTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))
    return CLIPTokenizer.from_pretrained(folder)


def joined(word, pair):
    out, i = [], 0
    while i < len(word):
        if word[i:i + 2] == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


def add_lora(model, name, rank, alpha, targets, seed):
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=alpha, target_modules=targets), model, name)
    g = seeded(seed)
    with torch.no_grad():
        for layer in lora_layers(model, name).values():
            a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
            a.copy_(torch.randn(a.shape, generator=g) / a[0].numel() ** 0.5)
            b.copy_(0.5 * torch.randn(b.shape, generator=g))


def lora_layers(model, name):
    return {n: m for n, m in model.named_modules() if isinstance(m, LoraLayer) and name in m.lora_A}


def mix(model, **weights):
    """Sets each adapter's weight; the ones that are not named are off."""
    for layer in (m for m in model.modules() if isinstance(m, LoraLayer)):
        layer.set_adapter([n for n in layer.lora_A if n in weights])
        for n in layer.active_adapters:
            layer.set_scale(n, weights[n])


def kohya(model, name, prefix, alpha):
    out = {}
    for site, layer in lora_layers(model, name).items():
        key = prefix + "_" + site.replace(".", "_")
        out[key + ".lora_down.weight"] = layer.lora_A[name].weight.detach().clone()
        out[key + ".lora_up.weight"] = layer.lora_B[name].weight.detach().clone()
        out[key + ".alpha"] = torch.tensor(float(alpha))
    return out


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    tok = tokenizer(OUT / "tokenizer")
    bos, eos = tok.bos_token_id, tok.eos_token_id
    torch.manual_seed(0)
    unet = randomise(UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, block_out_channels=(16, 32), layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=24, attention_head_dim=4, norm_num_groups=8), 1)
    vae = randomise(AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(8, 16, 16), layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        norm_num_groups=4, sample_size=32, scaling_factor=0.18215), 2)
    text = randomise(CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tok), hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=77, hidden_act="quick_gelu", projection_dim=24,
        bos_token_id=bos, eos_token_id=eos, pad_token_id=eos)), 3)
    ddim = DDIMScheduler(
        num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, steps_offset=1,
        timestep_spacing="trailing")
    pipe = StableDiffusionPipeline(
        vae=vae, text_encoder=text, tokenizer=tok, unet=unet, scheduler=ddim,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    kept = {f.name: f.read_bytes() for f in (OUT / "tokenizer").iterdir()}
    pipe.save_pretrained(OUT)
    shutil.rmtree(OUT / "tokenizer")  # transformers 5 writes tokenizer.json only; published SD folders have these four
    (OUT / "tokenizer").mkdir()
    for name, content in kept.items():
        (OUT / "tokenizer" / name).write_bytes(content)
    restore_prefix(OUT / "text_encoder" / "model.safetensors")

    gold = {}
    ids = tok([PROMPT, ""], padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
    gold["text.ids"] = ids
    with torch.no_grad():
        put_text(gold, "text", text, ids)
        context = gold["text.last_hidden_state"]
        put_unet(gold, unet, context)
        put_vae(gold, vae)
        latents = torch.randn(1, 4, 8, 8, generator=seeded(20))
        gold["sample.latents"] = latents
        put_run(gold, "ddim", copy.deepcopy(ddim), unet, vae, context, latents)
        put_run(gold, "euler", EulerDiscreteScheduler.from_config(ddim.config), unet, vae, context, latents)
        eps = dict(ddim.config) | {"prediction_type": "epsilon", "timestep_spacing": "leading"}
        put_run(gold, "ddim_eps", DDIMScheduler.from_config(eps), unet, vae, context, latents)
        put_run(gold, "euler_eps", EulerDiscreteScheduler.from_config(eps), unet, vae, context, latents)
    put_lora(gold, unet, text, ids, context, latents, ddim, vae)
    put_random(gold)
    gold = {k: (v.to(torch.int32) if v.dtype == torch.int64 else v).detach().contiguous().clone() for k, v in gold.items()}
    save_file(gold, OUT / "golden.safetensors", metadata={"prompt": PROMPT})
    for f in sorted(OUT.rglob("*")):
        if f.is_file():
            print(f"{f.stat().st_size:8d} {f.relative_to(OUT)}")


def restore_prefix(file):
    """transformers 5 drops the `text_model.` in front of every name; published text encoders have it."""
    tensors = load_file(file)
    save_file({"text_model." + k.removeprefix("text_model."): v for k, v in tensors.items()}, file, metadata={"format": "pt"})
    again, info = CLIPTextModel.from_pretrained(file.parent, output_loading_info=True)
    assert not info["missing_keys"] and not info["unexpected_keys"], info
    assert torch.equal(dict(again.named_parameters())[next(n for n, _ in again.named_parameters() if n.endswith("fc1.weight"))],
                       next(v for k, v in tensors.items() if k.endswith("fc1.weight")))


def put_text(gold, key, text, ids):
    out = text(ids, output_hidden_states=True)
    gold[key + ".last_hidden_state"] = out.last_hidden_state
    gold[key + ".pooled"] = out.pooler_output
    # what a pipeline uses with clip_skip=1: the layer before the last, under the final norm
    norm = dict(text.named_modules())
    norm = next(m for n, m in norm.items() if n.endswith("final_layer_norm"))
    gold[key + ".skip1"] = norm(out.hidden_states[-2])


def put_unet(gold, unet, context):
    for key, shape, steps in (("unet", (2, 4, 8, 8), (961, 17)), ("unet_wide", (1, 4, 8, 12), (500,))):
        x = torch.randn(shape, generator=seeded(10))
        t = torch.tensor(steps)
        gold[key + ".x"], gold[key + ".t"] = x, t
        gold[key + ".y"] = unet(x, t, context[:shape[0]]).sample


def put_vae(gold, vae):
    image = torch.rand(2, 3, 32, 24, generator=seeded(11)) * 2 - 1
    posterior = vae.encode(image).latent_dist
    gold["vae.image"], gold["vae.mean"], gold["vae.logvar"] = image, posterior.mean, posterior.logvar
    z = torch.randn(2, 4, 8, 6, generator=seeded(12))
    gold["vae.z"], gold["vae.decoded"] = z, vae.decode(z).sample


def put_run(gold, key, scheduler, unet, vae, context, latents, guidance=3.0, steps=6):
    scheduler.set_timesteps(steps)
    gold[key + ".timesteps"] = scheduler.timesteps.clone()
    if hasattr(scheduler, "sigmas"):
        gold[key + ".sigmas"] = scheduler.sigmas.clone()
    x = latents * scheduler.init_noise_sigma
    for i, t in enumerate(scheduler.timesteps):
        model_input = scheduler.scale_model_input(torch.cat([x, x]), t)
        uncond, cond = unet(model_input, t, context.flip(0)).sample.chunk(2)
        v = uncond + guidance * (cond - uncond)
        x = scheduler.step(v, t, x).prev_sample
        gold[f"{key}.step{i}"] = x
    gold[key + ".image"] = vae.decode(x / vae.config.scaling_factor).sample


def put_lora(gold, unet, text, ids, context, latents, ddim, vae):
    add_lora(unet, "one", 4, 2, ["to_q", "to_k", "to_v", "to_out.0", "conv1", "conv2", "conv_in", "proj_in", "proj_out"], 30)
    add_lora(unet, "two", 8, 8, ["to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "time_emb_proj"], 31)
    te_targets = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
    add_lora(text, "two", 8, 8, te_targets, 32)
    te_prefix = "lora_te" if next(iter(lora_layers(text, "two"))).startswith("text_model.") else "lora_te_text_model"
    save_file(kohya(unet, "one", "lora_unet", 2), OUT / "lora-kohya.safetensors",
              metadata={"ss_network_dim": "4", "ss_network_alpha": "2", "ss_network_module": "networks.lora"})
    save_file(kohya(unet, "two", "lora_unet", 8) | kohya(text, "two", te_prefix, 8), OUT / "lora-kohya-2.safetensors",
              metadata={"ss_network_dim": "8", "ss_network_alpha": "8", "ss_network_module": "networks.lora"})
    x, t = gold["unet.x"], gold["unet.t"]
    with torch.no_grad():
        for key, weights in (("one_1.0", {"one": 1.0}), ("one_0.7", {"one": 0.7}), ("two_1.0", {"two": 1.0}),
                             ("one_0.7_two_0.4", {"one": 0.7, "two": 0.4}), ("one_-0.5", {"one": -0.5})):
            mix(unet, **weights)
            gold[f"lora.{key}.y"] = unet(x, t, context).sample
        mix(unet)
        assert torch.equal(unet(x, t, context).sample, gold["unet.y"])
        mix(text, two=1.0)
        put_text(gold, "lora.two_1.0.text", text, ids)
        mix(unet, one=0.7, two=0.4)
        mix(text, two=0.4)
        put_text(gold, "lora.two_0.4.text", text, ids)
        put_run(gold, "lora.ddim", copy.deepcopy(ddim), unet, vae, gold["lora.two_0.4.text.last_hidden_state"], latents)
    put_training(gold, unet, ddim, context)


def put_training(gold, unet, ddim, context):
    mix(unet, one=1.0)
    for p in unet.parameters():
        p.requires_grad_(False)
    params = {}
    for site, layer in lora_layers(unet, "one").items():
        key = "lora_unet_" + site.replace(".", "_")
        params[key + ".lora_down.weight"] = layer.lora_A["one"].weight.requires_grad_()
        params[key + ".lora_up.weight"] = layer.lora_B["one"].weight.requires_grad_()
    latents = torch.randn(2, 4, 8, 8, generator=seeded(40))
    noise = torch.randn(2, 4, 8, 8, generator=seeded(41))
    t = torch.tensor([700, 33])
    noisy = ddim.add_noise(latents, noise, t)
    target = ddim.get_velocity(latents, noise, t)
    unet.train()
    optimiser = torch.optim.AdamW(params.values(), lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8)
    gold |= {"train.latents": latents, "train.noise": noise, "train.t": t, "train.context": context,
             "train.noisy": noisy, "train.target": target}
    for step in (1, 2):  # the same batch twice, so that the moments and their bias correction show
        loss = torch.nn.functional.mse_loss(unet(noisy, t, context).sample, target)
        optimiser.zero_grad()
        loss.backward()
        gold[f"train.loss{step}"] = loss
        if step == 1:
            gold |= {"train.grad." + k: p.grad.clone() for k, p in params.items()}
        optimiser.step()
        if step == 1:
            gold |= {"train.after." + k: p.detach().clone() for k, p in params.items()}
    gold["train.loss3"] = torch.nn.functional.mse_loss(unet(noisy, t, context).sample, target)
    unet.eval()


def put_random(gold):
    for seed in (0, 7, 123456789012):
        for n in (5, 15, 16, 17, 100, 4096):
            torch.manual_seed(seed)
            gold[f"randn.{seed}.{n}"] = torch.randn(n)
    torch.manual_seed(7)  # one generator, several draws: the second of a scalar pair is kept for the next scalar draw
    for i, n in enumerate((5, 16, 3, 40, 2)):
        gold[f"randn.sequence{i}"] = torch.randn(n)
    for seed in (0, 7, 123456789012):
        torch.manual_seed(seed)
        gold[f"rand.{seed}.40"] = torch.rand(40)


if __name__ == "__main__":
    main()
