import torch

from cases import SPECIAL, case, write

ties = torch.tensor([[3.0, 1.0, 3.0, 2.0, 1.0]], dtype=torch.float64)
case("top_k", lambda x: x.topk(3, 1), x=(2, 5, 3))
case("bottom_k", lambda x: x.topk(2, -1, largest=False), x=(2, 5, 3))
case("sort", lambda x: x.sort(1), x=(2, 5, 3))
case("sort_ties", lambda x: x.sort(stable=True, dim=-1), x=ties)
case("sort_special", lambda x: x.sort(stable=True, dim=0), x=SPECIAL)
case("sort_descending", lambda x: x.sort(0, descending=True), x=(5, 3))
case("sort_descending_ties", lambda x: x.sort(stable=True, dim=-1, descending=True), x=ties)
case("max_and_where", lambda x: x.max(1), x=(2, 5, 3))
case("min_and_where", lambda x: x.min(-1), x=(2, 5, 3))
write("sortops")
