"""Makes src/test/resources/zimage/step-expected.safetensors: five steps of a LoRA on tiny-zimage by diffusers, PEFT and torch, in F64.

Run offline with the versions of requirements.txt, after tiny_zimage.py:  HF_HUB_OFFLINE=1 python step_zimage.py
Reads zimage/step-inputs.safetensors, which ZImageStepTest writes to target (copy it to src/test/resources/zimage). As step.py, with time and sign as
diffusers' train_dreambooth_lora_z_image.py has them. diffusers turns queries and keys, and forms the variances of norms, in F32, whatever their type;
here its formulas are taken in theirs, so that F64 is F64.
"""

import torch
from diffusers import ZImageTransformer2DModel
from diffusers.models import normalization
from diffusers.models.transformers import transformer_z_image
from step import steps
from tiny_zimage import PIPELINE, ZIMAGE, run_model


def normed(self, hidden_states):
    """diffusers' RMSNorm without its `to(torch.float32)`."""
    x = hidden_states * torch.rsqrt(hidden_states.pow(2).mean(-1, keepdim=True) + self.eps)
    return x if self.weight is None else x * self.weight


def attended(processor, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, freqs_cis=None):
    """ZSingleStreamAttnProcessor without the `float()` of its rotation."""
    q, k, v = (layer(hidden_states).unflatten(-1, (attn.heads, -1)) for layer in (attn.to_q, attn.to_k, attn.to_v))

    def turned(x):
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        return torch.view_as_real(pairs * freqs_cis.to(pairs.dtype).unsqueeze(2)).flatten(3)

    q, k = turned(attn.norm_q(q)), turned(attn.norm_k(k))
    if attention_mask is not None:
        attention_mask = attention_mask[:, None, None, :]
    x = torch.nn.functional.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v)), attn_mask=attention_mask)
    return attn.to_out[0](x.transpose(1, 2).flatten(2, 3))


def predicted(model, noisy, context, pooled, timesteps):
    return run_model(model, noisy, timesteps, list(context))


def main():
    given = torch.randn(2, 5, 8)
    norm = normalization.RMSNorm(8, eps=1e-5)
    assert torch.allclose(normed(norm, given), norm(given))
    model = ZImageTransformer2DModel.from_pretrained(PIPELINE / "transformer", torch_dtype=torch.float32)
    latents, times, texts = torch.randn(2, 16, 8, 12), torch.tensor([900.0, 100.0]), [torch.randn(9, 16), torch.randn(40, 16)]
    with torch.no_grad():
        before = run_model(model, latents, times, texts)
        normalization.RMSNorm.forward = normed
        transformer_z_image.ZSingleStreamAttnProcessor.__call__ = attended
        assert torch.allclose(run_model(model, latents, times, texts), before, atol=1e-5)
    steps(model, ZIMAGE, predicted)


if __name__ == "__main__":
    main()
