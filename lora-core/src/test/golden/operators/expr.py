import torch

from cases import case, write

case("dim", lambda x: x.reshape(5, 3), x=(3, 5))
case("detach", lambda x: x, x=(3,))
case("trainable", lambda x: x, x=(3,))
write("expr")
