"""The inputs only lend their sizes."""

import torch

from cases import case, write

f64 = torch.float64
case("zeros", lambda x: torch.zeros(2, len(x)), x=(3,))
case("ones", lambda x: torch.ones(2, len(x), dtype=torch.int64), x=(3,))
case("full", lambda x: torch.full((2, len(x)), -torch.inf, dtype=f64), x=(3,))
case("eye", lambda x: torch.eye(len(x), dtype=f64), x=(3,))
case("arange", lambda x: torch.arange(len(x)), x=(5,))
case("arange_step", lambda x: torch.arange(7, -4, -3), x=(1,))
case("linspace", lambda x: torch.linspace(-1, 2, len(x), dtype=f64), x=(7,))
write("constants")
