import torch
from torch.nn import functional

from cases import SPECIAL, case, write

each = {"reduction": "none"}
edges = torch.tensor([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0], dtype=torch.float64)
classes = torch.tensor([[0, 2, -100, 1], [1, 1, 2, -100]])
case("squared_error", lambda x, t: functional.mse_loss(x, t, **each), x=(3, 5), t=(3, 5))
case("absolute_error", lambda x, t: functional.l1_loss(x, t, **each), x=(3, 5), t=(3, 5))
case("huber", lambda x, t: functional.huber_loss(x, t, delta=0.5, **each), x=edges, t=torch.zeros_like(edges))
case("smooth_l1", lambda x, t: functional.smooth_l1_loss(x, t, beta=0.5, **each), x=edges, t=torch.zeros_like(edges))
case("cross_entropy", lambda x, t: functional.cross_entropy(x.movedim(-1, 1), t), x=(2, 4, 3), t=classes)
case("cross_entropy_alone", functional.cross_entropy, x=(3,), t=torch.tensor(2))
case(
    "cross_entropy_smooth",
    lambda x, t: functional.cross_entropy(x, t, ignore_index=1, label_smoothing=0.2),
    x=(2, 3, 4),
    t=classes.clamp_min(0),
)
case("cross_entropy_ignored", functional.cross_entropy, x=(2, 3), t=torch.tensor([-100, -100]))
case(
    "cross_entropy_each",
    lambda x, t: functional.cross_entropy(x.movedim(-1, 1), t, label_smoothing=0.1, **each),
    x=(2, 4, 3),
    t=classes,
)
case(
    "soft_cross_entropy",
    lambda x, t: functional.cross_entropy(x.movedim(-1, 1), t.movedim(-1, 1), **each),
    x=(2, 4, 3),
    t=torch.rand(2, 4, 3, generator=torch.Generator().manual_seed(2), dtype=torch.float64).softmax(-1),
)
case(
    "binary_cross_entropy",
    lambda x, t: functional.binary_cross_entropy_with_logits(x, t, **each),
    x=torch.tensor([-1000.0, -2.0, 0.0, 2.0, 1000.0], dtype=torch.float64)[:, None].repeat(1, 3),
    t=torch.tensor([0.0, 0.3, 1.0], dtype=torch.float64).repeat(5, 1),
)
distribution = torch.tensor([[0.2, 0.8, 0.0], [0.5, 0.25, 0.25]], dtype=torch.float64)
case("kl_divergence", lambda x, t: functional.kl_div(x, t, **each), x=(2, 3), t=distribution)
case(
    "kl_divergence_from_log",
    lambda x, t: functional.kl_div(x, t, log_target=True, **each),
    x=(2, 3),
    t=distribution.clamp_min(0.1).log(),
)
case("cosine_similarity", lambda a, b: functional.cosine_similarity(a, b, dim=1), a=(2, 5, 3), b=(2, 5, 3))
case("cosine_similarity_zero", lambda a, b: functional.cosine_similarity(a, b, dim=0), a=torch.zeros(3, dtype=torch.float64), b=(3,))
write("lossops")
