"""Makes reference-step-expected.safetensors in src/test/resources/flux and flux2: five steps of a LoRA beside reference pictures, in F64.

Run offline with the versions of requirements.txt, after tiny_flux.py and tiny_flux2.py:  HF_HUB_OFFLINE=1 python step_references.py
Reads reference-step-inputs.safetensors, which FluxReferenceStepTest and Flux2ReferenceStepTest write to target (copy them to src/test/resources/flux and flux2). As
step_flux.py and step_flux2.py, with clean tokens of the references behind the noisy ones and the loss on the latter alone, as diffusers'
train_dreambooth_lora_flux_kontext.py and train_dreambooth_lora_flux2_klein_img2img.py have it.
"""

import torch
from diffusers import Flux2KleinPipeline, Flux2Transformer2DModel, FluxPipeline, FluxTransformer2DModel
from diffusers.models.transformers import transformer_flux, transformer_flux2
from safetensors.torch import load_file
from step import steps
from step_flux import GUIDANCE, turned
from tiny_flux import FLUX, PIPELINE
from tiny_flux2 import FLUX2, unpacked
from tiny_flux2 import PIPELINE as KLEIN

NAME = "reference-step"


def references(folder):
    """Latents of each reference, a row for each sample."""
    given = load_file(folder / f"{NAME}-inputs.safetensors")
    count = sum(k.startswith("reference") for k in given) // 2
    return [torch.stack([given[f"reference{i}.{row}"] for row in range(2)]).double() for i in range(count)]


def kontext(seen):
    def packed(x):
        return FluxPipeline._pack_latents(x, *x.shape)

    def ids(x):
        return FluxPipeline._prepare_latent_image_ids(len(x), x.shape[2] // 2, x.shape[3] // 2, "cpu", torch.float32)

    def predicted(model, noisy, context, pooled, timesteps):
        reference, places = seen[0], ids(seen[0])
        places[..., 0] = 1
        out = model(
            hidden_states=torch.cat([packed(noisy), packed(reference)], 1), timestep=timesteps / 1000, guidance=torch.full([len(noisy)], GUIDANCE),
            pooled_projections=pooled, encoder_hidden_states=context, txt_ids=torch.zeros(context.shape[1], 3),
            img_ids=torch.cat([ids(noisy), places]), return_dict=False)[0]
        out = out[:, :packed(noisy).shape[1]]
        return FluxPipeline._unpack_latents(out, noisy.shape[2], noisy.shape[3], 1)

    return predicted


def klein(seen):
    pipe = Flux2KleinPipeline

    def predicted(model, noisy, context, pooled, timesteps):
        tokens = [pipe._pack_latents(x) for x in [noisy, *seen]]
        places = pipe._prepare_image_ids([x[:1] for x in seen]).repeat(len(noisy), 1, 1)
        out = model(
            hidden_states=torch.cat(tokens, 1), timestep=timesteps / 1000, guidance=None, encoder_hidden_states=context,
            txt_ids=pipe._prepare_text_ids(context), img_ids=torch.cat([pipe._prepare_latent_ids(noisy), places], 1), return_dict=False)[0]
        return unpacked(out[:, :tokens[0].shape[1]], *noisy.shape[2:])

    return predicted


def main():
    transformer_flux.apply_rotary_emb = turned
    transformer_flux2.apply_rotary_emb = turned
    steps(FluxTransformer2DModel.from_pretrained(PIPELINE / "transformer"), FLUX, kontext(references(FLUX)), NAME)
    steps(Flux2Transformer2DModel.from_pretrained(KLEIN / "transformer"), FLUX2, klein(references(FLUX2)), NAME)


if __name__ == "__main__":
    main()
