import torch

from cases import case, write

places = torch.tensor([[1, 0, 2, 1], [0, 0, 1, 2]])
case("gather", lambda x, i: x.gather(0, i), x=(3, 5), i=places)
case("scatter", lambda x, i, s: x.scatter(0, i, s), x=(3, 5), i=torch.tensor([[1, 0, 2], [0, 2, 1]]), s=(2, 3))
case("scatter_add", lambda x, i, s: x.scatter_add(-1, i, s), x=(2, 3), i=places, s=(2, 4))
case("index_select", lambda x, i: x.index_select(1, i), x=(2, 3, 4), i=torch.tensor([2, 0, 0]))
case("index_add", lambda x, i, s: x.index_add(1, i, s), x=(2, 3), i=torch.tensor([2, 0, 2, 2]), s=(2, 4))
case("take_along", lambda x, i: x.take_along_dim(i, 1), x=(2, 3, 4), i=torch.tensor([[[2], [0]]]))
case("masked_select", lambda x, m: x.masked_select(m), x=(2, 3), m=torch.tensor([True, False, True]))
case("one_hot", lambda x: torch.nn.functional.one_hot(x, 4), x=torch.tensor([[0, 3], [2, 2]]))
write("indexops")
