"""Names and shapes of the weights of base models, as diffusers and transformers build them.

Models are built on the meta device, so no weight is made. Configurations are those published with
the models; every value that shapes a weight is written out here.
Writes ../../resources/dev/lora4j/diffusion/family/FAMILY.tsv.gz: name, tab, sizes with commas.
"""

import gzip
import pathlib

import torch
from diffusers import FluxTransformer2DModel, SD3Transformer2DModel, UNet2DConditionModel
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    T5Config,
    T5EncoderModel,
)

HERE = pathlib.Path(__file__).parent
OUT = HERE / "../../resources/dev/lora4j/diffusion/family"

CROSS_DOWN, DOWN = "CrossAttnDownBlock2D", "DownBlock2D"
CROSS_UP, UP = "CrossAttnUpBlock2D", "UpBlock2D"


def unet(**config):
    return UNet2DConditionModel(in_channels=4, out_channels=4, layers_per_block=2, **config)


def sd(**config):
    return unet(
        block_out_channels=(320, 640, 1280, 1280),
        down_block_types=(CROSS_DOWN, CROSS_DOWN, CROSS_DOWN, DOWN),
        up_block_types=(UP, CROSS_UP, CROSS_UP, CROSS_UP),
        **config,
    )


def xl(**config):
    return unet(
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        **config,
    )


def clip(kind, layers, width, heads):
    config = CLIPTextConfig(
        vocab_size=49408,
        max_position_embeddings=77,
        num_hidden_layers=layers,
        hidden_size=width,
        intermediate_size=4 * width,
        num_attention_heads=heads,
        projection_dim=width,
    )
    return kind(config)


def clip_l(kind=CLIPTextModel):
    return clip(kind, 12, 768, 12)


def clip_g():
    return clip(CLIPTextModelWithProjection, 32, 1280, 20)


def t5_xxl():
    return T5EncoderModel(
        T5Config(
            vocab_size=32128,
            d_model=4096,
            d_kv=64,
            d_ff=10240,
            num_layers=24,
            num_heads=64,
            feed_forward_proj="gated-gelu",
        )
    )


def sd3(layers, **config):
    return SD3Transformer2DModel(
        in_channels=16,
        out_channels=16,
        patch_size=2,
        num_layers=layers,
        num_attention_heads=layers,
        attention_head_dim=64,
        joint_attention_dim=4096,
        caption_projection_dim=64 * layers,
        pooled_projection_dim=2048,
        **config,
    )


def with_sd3(transformer):
    return {
        "transformer": transformer,
        "text_encoder": clip_l(CLIPTextModelWithProjection),
        "text_encoder_2": clip_g(),
        "text_encoder_3": t5_xxl(),
    }


def families():
    yield "sd15", {
        "unet": sd(cross_attention_dim=768, attention_head_dim=8),
        "text_encoder": clip_l(),
    }
    yield "sd21", {
        "unet": sd(
            cross_attention_dim=1024,
            attention_head_dim=(5, 10, 20, 20),
            use_linear_projection=True,
        ),
        "text_encoder": clip(CLIPTextModel, 23, 1024, 16),
    }
    yield "sdxl", {
        "unet": xl(
            block_out_channels=(320, 640, 1280),
            down_block_types=(DOWN, CROSS_DOWN, CROSS_DOWN),
            up_block_types=(CROSS_UP, CROSS_UP, UP),
            cross_attention_dim=2048,
            attention_head_dim=(5, 10, 20),
            transformer_layers_per_block=(1, 2, 10),
            projection_class_embeddings_input_dim=2816,
        ),
        "text_encoder": clip_l(),
        "text_encoder_2": clip_g(),
    }
    yield "sdxl-refiner", {
        "unet": xl(
            block_out_channels=(384, 768, 1536, 1536),
            down_block_types=(DOWN, CROSS_DOWN, CROSS_DOWN, DOWN),
            up_block_types=(UP, CROSS_UP, CROSS_UP, UP),
            cross_attention_dim=1280,
            attention_head_dim=(6, 12, 24, 24),
            transformer_layers_per_block=4,
            projection_class_embeddings_input_dim=2560,
        ),
        "text_encoder_2": clip_g(),
    }
    yield "sd3", with_sd3(sd3(24, pos_embed_max_size=192))
    yield "sd35m", with_sd3(
        sd3(
            24,
            pos_embed_max_size=384,
            qk_norm="rms_norm",
            dual_attention_layers=tuple(range(13)),
        )
    )
    yield "sd35l", with_sd3(sd3(38, pos_embed_max_size=192, qk_norm="rms_norm"))
    yield "flux", {
        "transformer": FluxTransformer2DModel(
            patch_size=1,
            in_channels=64,
            num_layers=19,
            num_single_layers=38,
            attention_head_dim=128,
            num_attention_heads=24,
            joint_attention_dim=4096,
            pooled_projection_dim=768,
            guidance_embeds=True,
        ),
        "text_encoder": clip_l(),
        "text_encoder_2": t5_xxl(),
    }


def on_disk(part, model, name):
    # Checkpoints keep the level "text_model", which transformers 5.6 took out of CLIPTextModel.
    if isinstance(model, CLIPTextModel) and not name.startswith("text_model."):
        name = "text_model." + name
    return f"{part}.{name}"


def lines(parts):
    for part, model in parts.items():
        for name, weight in model.state_dict().items():
            # The same table as "shared", which checkpoints hold once.
            if name == "encoder.embed_tokens.weight":
                continue
            sizes = ",".join(map(str, weight.shape))
            yield f"{on_disk(part, model, name)}\t{sizes}\n"


if __name__ == "__main__":
    with torch.device("meta"):
        for family, parts in families():
            text = "".join(sorted(lines(parts)))
            (OUT / f"{family}.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
