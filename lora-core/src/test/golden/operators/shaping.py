import torch

from cases import case, write

case("reshape_dims", lambda x: x.transpose(0, 2).reshape(-1, 5), x=(3, 5, 2))
case("reshape", lambda x: x.reshape(5, -1, 1), x=(3, 5, 2))
case("permute", lambda x: x.permute(1, 2, 0), x=(3, 5, 2))
case("transpose", lambda x: x.transpose(-1, 0), x=(3, 5, 2))
case("unsqueeze", lambda x: x.unsqueeze(-2), x=(3, 5))
case("slice", lambda x: x[..., 1:4], x=(2, 7))
case("chunk", lambda x: x.chunk(3, 1), x=(2, 9))
case("cat", lambda a, b, c: torch.cat([a, b, c], 1), a=(3, 5), b=(3, 1), c=(3, 0))
case("cat_list", lambda a, b: torch.cat([a.T, b], -1), a=(5, 3), b=(3, 2))
case("split_heads", lambda x: x.unflatten(-1, (2, 3)).transpose(1, 2), x=(2, 5, 6))
case("join_heads", lambda x: x.transpose(1, 2).flatten(2), x=(2, 3, 5, 2))
write("shaping")
