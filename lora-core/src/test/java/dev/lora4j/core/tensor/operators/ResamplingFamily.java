package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Resampling;
import java.util.List;

/** Changes of resolution. */
final class ResamplingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Resampling.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of("upsampleNearest(int)", g -> g.reals(g.sizes(4, 4)).upsampleNearest(g.size(1, 3))));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "upsampleNearest(int)", "upsample_nearest", in -> in.apply("x").upsampleNearest(3)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "upsampleNearest(int)",
            g -> g.reals(2, 3, 4).upsampleNearest(2),
            "[batch, channels, height, width]",
            "F64 [2, 3, 4]"));
  }
}
