package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * LoRA for several sites that are one layer. Where they share their down factor, so does the layer;
 * else the down factors lie one below the other, each up factor in columns of its own, and alpha
 * grows as the rank does.
 */
final class FusedLora {
  private static final String DOWN = "lora_down.weight";
  private static final String UP = "lora_up.weight";
  private static final String ALPHA = "alpha";

  private FusedLora() {}

  static Factors of(String path, List<FusedLayers.Part> parts) {
    Factors first = parts.stream().flatMap(p -> p.factors().stream()).findFirst().orElseThrow();
    parts.forEach(part -> part.factors().ifPresent(f -> requireLike(path, part, first, f)));
    return shared(parts, first)
        ? whole(
            first, BlockMatrix.stacked(UP, parts, first.tensor(UP).dtype()), first.tensor(DOWN), 1)
        : beside(parts, first);
  }

  /** The scale is alpha over the rank, so alphas compare as shares of it. */
  private static void requireLike(
      String path, FusedLayers.Part part, Factors first, Factors other) {
    DType type = first.tensor(UP).dtype();
    boolean plain = other.tensors().keySet().equals(java.util.Set.of(DOWN, UP));
    boolean like =
        other.tensor(UP).dtype() == type
            && other.tensor(DOWN).dtype() == type
            && alpha(first) * rank(other) == alpha(other) * rank(first);
    if (!plain || !like) {
      throw FusedLayers.unequal(path, part);
    }
  }

  private static boolean shared(List<FusedLayers.Part> parts, Factors first) {
    return parts.stream()
        .allMatch(
            p ->
                p.factors()
                    .filter(f -> f.tensor(DOWN).equals(first.tensor(DOWN)))
                    .filter(f -> f.settings().equals(first.settings()))
                    .isPresent());
  }

  /**
   * A site without factors gets columns of 0, as many as the first has, so that parts stay even.
   */
  private static Factors beside(List<FusedLayers.Part> parts, Factors first) {
    long rank = parts.stream().mapToLong(p -> rank(p.factors(), first)).sum();
    long rows = parts.stream().mapToLong(FusedLayers.Part::rows).sum();
    long in = parts.get(0).site().in();
    DType type = first.tensor(UP).dtype();
    BlockMatrix up = new BlockMatrix(type, rows, rank);
    BlockMatrix down = new BlockMatrix(type, rank, in);
    long column = 0;
    for (FusedLayers.Part part : parts) {
      if (part.factors().isPresent()) {
        up.put(BlockMatrix.inFileOrder(part.factors().get().tensor(UP), part), part.from(), column);
        down.put(part.factors().get().tensor(DOWN), column, 0);
      }
      column += rank(part.factors(), first);
    }
    return whole(first, up.tensor(), down.tensor(), (double) rank / rank(first));
  }

  private static Factors whole(Factors first, HostTensor up, HostTensor down, double share) {
    String alpha = Double.toString((float) (alpha(first) * share));
    return Factors.of("lora", Map.of(UP, up, DOWN, down), Map.of(ALPHA, alpha));
  }

  private static long rank(Optional<Factors> factors, Factors otherwise) {
    return rank(factors.orElse(otherwise));
  }

  private static long rank(Factors factors) {
    Shape shape = factors.tensor(DOWN).shape();
    return shape.size(0);
  }

  private static double alpha(Factors factors) {
    return factors.structure().number(ALPHA);
  }
}
