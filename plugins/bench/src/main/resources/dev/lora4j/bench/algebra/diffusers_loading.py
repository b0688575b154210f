"""A published adapter put into Stable Diffusion XL by diffusers, until a layer's output is another.

The base has XL's own sizes and BF16; its weights are made without values, as only the layer that is
looked at needs some, which are 0. The autoencoder, tokenisers and schedule take no part.
"""

import peer

LAYER = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q"


def base():
    import torch
    from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    with torch.device("meta"):
        unet = UNet2DConditionModel(
            sample_size=128, block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10), attention_head_dim=(5, 10, 20), use_linear_projection=True,
            cross_attention_dim=2048, addition_embed_type="text_time", addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816)
        one = CLIPTextModel(CLIPTextConfig(
            hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12))
        two = CLIPTextModelWithProjection(CLIPTextConfig(
            hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=20,
            projection_dim=1280, hidden_act="gelu"))
    for model in (unet, one, two):
        model.to(torch.bfloat16).to_empty(device="cpu")
    torch.nn.init.zeros_(unet.get_submodule(LAYER).weight)
    return StableDiffusionXLPipeline(
        vae=None, text_encoder=one, text_encoder_2=two, tokenizer=None, tokenizer_2=None, unet=unet, scheduler=None)


def prepare(arguments):
    import torch

    pipe = base()
    x = torch.cos(torch.arange(16 * 1280).reshape(16, 1280) / 100).to(torch.bfloat16)
    last = []

    def unit():
        pipe.load_lora_weights(arguments.inputs, adapter_name="measured")
        with torch.no_grad():
            last[:] = [pipe.unet.get_submodule(LAYER)(x)]

    def check():
        unit()
        y = last[0].double().flatten()
        clean()
        return (y[:64] / y.norm()).tolist()

    def clean():
        pipe.unload_lora_weights()

    return check, unit, clean


try:
    import diffusers  # noqa: F401
    import peft  # noqa: F401
    import transformers  # noqa: F401
except ImportError as error:
    peer.refuse(f"it lacks {error.name}; pip install diffusers peft transformers accelerate, or name another by --peer")
else:
    peer.serve(prepare, package="diffusers")
