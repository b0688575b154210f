package dev.lora4j.flow.zimage;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.flow.layer.FlowTransformer;
import java.util.List;
import java.util.Optional;

/**
 * Blocks of a stream, one behind the other.
 *
 * @param weights of the transformer
 * @param checkpointing whether inner values are computed once more for the gradient
 */
record Blocks(ZImageConfig config, Weights weights, boolean checkpointing) {
  /**
   * The stream after all of them.
   *
   * @param name of the list of blocks
   */
  Expr of(String name, int count, Expr x, Optional<Expr> time, SharedAttention attention) {
    SandwichBlock block = new SandwichBlock(config.inner(), config.epsilon());
    Expr stream = x;
    for (int i = 0; i < count; i++) {
      Weights at = weights.at(name, i);
      Expr before = stream;
      stream =
          FlowTransformer.staged(
                  weights.graph(),
                  checkpointing,
                  () -> List.of(block.apply(at, before, time, attention)))
              .get(0);
    }
    return stream;
  }
}
