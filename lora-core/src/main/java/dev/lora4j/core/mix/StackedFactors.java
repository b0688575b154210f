package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraFactors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The factors of several adapters at one site, stacked by rank, so that their weighted sum is one
 * product: {@code (x down^T * mix) up^T}.
 *
 * @param down F32 [R, in, ...] where R is the sum of the ranks
 * @param up F32 [out, R, ...]
 * @param spread F32 [adapters, R]: row k holds adapter k's scale at its own directions, so that
 *     {@code weights * spread} is the mix
 */
record StackedFactors(Tensor down, Tensor up, Tensor spread) {
  /** Stacks what {@code adapters} have at {@code site}; empty if none has anything. */
  static Optional<StackedFactors> of(Scope scope, List<Adapter> adapters, String site) {
    List<LoraFactors> present = new ArrayList<>();
    List<Integer> owner = new ArrayList<>();
    for (int k = 0; k < adapters.size(); k++) {
      LoraFactors factors = adapters.get(k).sites().get(site);
      if (factors != null) {
        present.add(factors);
        owner.add(k);
      }
    }
    if (present.isEmpty()) {
      return Optional.empty();
    }
    int total = present.stream().mapToInt(LoraFactors::rank).sum();
    float[] spread = new float[adapters.size() * total];
    int at = 0;
    for (int i = 0; i < present.size(); i++) {
      LoraFactors factors = present.get(i);
      for (int r = 0; r < factors.rank(); r++) {
        spread[owner.get(i) * total + at++] = (float) factors.scale();
      }
    }
    return Optional.of(
        new StackedFactors(
            downs(scope, present, total),
            ups(scope, present, total),
            Tensor.of(scope, Shape.of(adapters.size(), total), spread)));
  }

  /** Rows of all down factors below each other. */
  private static Tensor downs(Scope scope, List<LoraFactors> present, int total) {
    Shape shape = present.get(0).down().shape().with(0, total);
    ByteBuffer stacked = buffer(shape);
    present.forEach(f -> stacked.put(f32(scope, f.down())));
    return Tensor.of(scope, DType.F32, shape, stacked.flip());
  }

  /** Columns of all up factors beside each other. */
  private static Tensor ups(Scope scope, List<LoraFactors> present, int total) {
    Shape shape = present.get(0).up().shape().with(1, total);
    List<ByteBuffer> ups = present.stream().map(f -> f32(scope, f.up())).toList();
    ByteBuffer stacked = buffer(shape);
    for (int row = 0; row < shape.size(0); row++) {
      for (int i = 0; i < ups.size(); i++) {
        int width = 4 * present.get(i).rank();
        stacked.put(ups.get(i).slice(row * width, width));
      }
    }
    return Tensor.of(scope, DType.F32, shape, stacked.flip());
  }

  private static ByteBuffer buffer(Shape shape) {
    int bytes = Math.toIntExact(DType.F32.bytes(shape.elements()));
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer f32(Scope scope, HostTensor tensor) {
    try (Tensor converted = tensor.on(scope, DType.F32)) {
      return converted.bytes();
    }
  }
}
