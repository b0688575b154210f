"""A LoRA training step of a transformer in plain PyTorch.

AdamW is the fused one and clip_grad_norm_ uses foreach, the fastest of what PyTorch has for a CPU.
"""

import peer

SCALE = 0.5
RATE = 1e-3
CLIP = 1e-3
EPSILON = 1e-5
COMPARED = 6


def prepare(arguments):
    import torch
    import torch.nn.functional as F

    tensors = peer.read_safetensors(arguments.inputs)
    x = tensors.pop("x")
    target = tensors.pop("target")
    factors = {n: t.requires_grad_() for n, t in tensors.items() if n.startswith("transformer.")}
    weights = {n: t for n, t in tensors.items() if n not in factors}
    blocks = 1 + max(int(name.split(".")[1]) for name in weights)
    batch, tokens, width = x.shape
    trained = list(factors.values())
    optimizer = torch.optim.AdamW(
        trained, lr=RATE, betas=(0.9, 0.999), eps=1e-12, weight_decay=0.01, fused=True
    )

    def norm(layer, h):
        return F.layer_norm(h, (width,), weights[layer + ".weight"], weights[layer + ".bias"], EPSILON)

    def linear(layer, h):
        return F.linear(h, weights[layer + ".weight"], weights.get(layer + ".bias"))

    def adapted(layer, h):
        down, up = factors[f"transformer.{layer}.down"], factors[f"transformer.{layer}.up"]
        return torch.add(linear(layer, h), F.linear(F.linear(h, down), up), alpha=SCALE)

    def heads(h):
        return h.view(batch, tokens, arguments.heads, -1).transpose(1, 2)

    def block(at, h):
        own = norm(at + "norm1", h)
        q, k, v = (heads(adapted(at + name, own)) for name in ("to_q", "to_k", "to_v"))
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, width)
        h = h + adapted(at + "to_o", mixed)
        return h + linear(at + "ff_out", F.gelu(linear(at + "ff_in", norm(at + "norm2", h))))

    def step():
        h = x
        for i in range(blocks):
            h = block(f"blocks.{i}.", h)
        loss = F.mse_loss(h, target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, CLIP, foreach=True)
        optimizer.step()
        return loss.item()

    return lambda: [step() for _ in range(COMPARED)], step


peer.serve(prepare, heads=int)
