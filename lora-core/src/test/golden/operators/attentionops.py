import torch
import torch.nn.functional as F

from cases import case, write

attend = F.scaled_dot_product_attention


def plain(q, k, v, mask=0.0, scale=None):
    """The definition, with an added mask."""
    k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    scores = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    return torch.softmax(scores + mask, -1) @ v


def causal(q, k):
    return torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril()


def added(allowed):
    return torch.zeros(allowed.shape, dtype=torch.float64).masked_fill(~allowed, -torch.inf)


case("attend", attend, q=(2, 3, 5, 4), k=(2, 3, 7, 4), v=(2, 3, 7, 6))
case("attend_causal", lambda q, k, v: attend(q, k, v, is_causal=True), q=(1, 2, 5, 3), k=(1, 2, 5, 3), v=(1, 2, 5, 3))
case("attend_grouped", plain, q=(2, 6, 3, 4), k=(2, 2, 5, 4), v=(2, 2, 5, 3))
case("attend_one_key_head", lambda q, k, v: attend(q, k, v, enable_gqa=True), q=(1, 3, 5, 2), k=(1, 1, 5, 2), v=(1, 1, 5, 2))
case("attend_causal_uneven", lambda q, k, v: plain(q, k, v, added(causal(q, k))), q=(1, 1, 3, 2), k=(1, 1, 5, 2), v=(1, 1, 5, 2))
case("attend_scaled", lambda q, k, v: attend(q, k, v, scale=1.0), q=(1, 1, 3, 5), k=(1, 1, 2, 5), v=(1, 1, 2, 5))
allowed = torch.tensor([[True, False, True, True, False], [True] * 5, [False, False, False, False, True]])
case(
    "attend_allowed",
    lambda q, k, v, mask: attend(q, k, v, mask),
    q=(2, 1, 3, 2),
    k=(2, 1, 5, 2),
    v=(2, 1, 5, 2),
    mask=allowed,
)
sizes = {"q": (1, 2, 3, 2), "k": (1, 2, 3, 2), "v": (1, 2, 3, 2)}
case("attend_nothing_allowed", lambda q, k, v, mask: attend(q, k, v, mask), **sizes, mask=allowed[:, 1:4])
case(
    "attend_nothing_allowed_causal",
    lambda q, k, v, mask: attend(q, k, v, mask & causal(q, k)),
    **sizes,
    mask=torch.tensor([[[False, False, True]]]),
)
case("attend_added", plain, q=(2, 3, 3, 2), k=(2, 3, 5, 2), v=(2, 3, 5, 1), mask=(1, 3, 3, 5))
case("attend_added_rank3", plain, q=(2, 3, 3, 2), k=(2, 3, 5, 2), v=(2, 3, 5, 2), mask=(3, 3, 5))
case(
    "attend_key_padding",
    lambda q, k, v, mask: plain(q, k, v, added(mask)),
    q=(2, 2, 3, 2),
    k=(2, 2, 5, 2),
    v=(2, 2, 5, 2),
    mask=torch.tensor([[True] * 5, [True, True, True, False, False]]).reshape(2, 1, 1, 5),
)
case(
    "attend_allowed_causal_grouped",
    lambda q, k, v, mask: plain(q, k, v, added(mask & causal(q, k))),
    q=(1, 4, 3, 2),
    k=(1, 2, 3, 2),
    v=(1, 2, 3, 2),
    mask=torch.tensor([True, False, True]),
)
case(
    "attend_added_causal",
    lambda q, k, v, mask: plain(q, k, v, mask + added(causal(q, k)), 0.3),
    q=(1, 2, 4, 3),
    k=(1, 2, 4, 3),
    v=(1, 2, 4, 3),
    mask=(2, 1, 4),
)


def capped(q, k, v, mask, scale, cap):
    """As transformers computes Gemma 2."""
    k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    scores = torch.tanh(q @ k.mT * scale / cap) * cap
    return torch.nan_to_num(torch.softmax(scores + mask, -1)) @ v


case(
    "attend_capped",
    lambda q, k, v: capped(q, k, v, added(causal(q, k)), 0.5, 0.5),
    q=(2, 4, 3, 4),
    k=(2, 2, 3, 4),
    v=(2, 2, 3, 5),
)
case("attend_capped_added", lambda q, k, v, mask: capped(q, k, v, mask, 2, 0.5), q=(2, 3, 3, 2), k=(2, 3, 5, 2), v=(2, 3, 5, 1), mask=(1, 3, 3, 5))
case(
    "attend_capped_nothing_allowed",
    lambda q, k, v, mask: capped(q, k, v, added(mask & causal(q, k)), 2**-0.5, 3),
    **sizes,
    mask=torch.tensor([[[False, False, True]]]),
)
half = torch.linspace(-1, 1, 30).bfloat16().reshape(1, 2, 5, 3)
case("attend_bf16", lambda q, k, v: attend(q, k, v, is_causal=True, scale=2.0), q=half, k=half.sin(), v=half.cos())
write("attentionops")
