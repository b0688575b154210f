package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the weights of one checkpoint as a model has them: in the type it computes in, parts of
 * tensors by themselves, [in, out] turned to [out, in].
 */
public final class WeightReader {
  private final Scope raw;
  private final TensorStore store;
  private final MappedTensors mapped;
  private final DType compute;
  private final Map<DType, Program> turning = new HashMap<>();

  /**
   * Creates a reader for one checkpoint.
   *
   * @param raw owner of the mapped files and of what is only needed on the way; what was read
   *     outlives it
   * @param compute the type that weights become
   */
  public WeightReader(Scope raw, TensorStore store, DType compute) {
    this.raw = raw;
    this.store = store;
    this.mapped = new MappedTensors(store, raw);
    this.compute = compute;
  }

  /** Returns true if a weight is read as a view of the file, which takes no memory. */
  public boolean views(StoredWeight weight) {
    return info(weight).dtype() == compute && !weight.transposed();
  }

  /**
   * Reads one weight.
   *
   * @return of type {@code compute}, owned by {@code owner}
   * @throws TensorException if the checkpoint has no such tensor
   */
  public Tensor read(Scope owner, StoredWeight weight) {
    TensorInfo info = info(weight);
    if (views(weight)) {
      return mapped.tensor(owner, info, weight.from(), weight.shape());
    }
    try (Tensor stored = mapped.tensor(raw, info, weight.from(), weight.storedShape())) {
      return weight.transposed()
          ? turning.computeIfAbsent(info.dtype(), this::turned).run(owner, stored).get(0)
          : stored.to(owner, compute);
    }
  }

  private Program turned(DType stored) {
    Graph graph = new Graph();
    Expr x = graph.input("x", stored, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN));
    return graph.inference(raw, List.of(x.to(compute).transpose(0, 1)));
  }

  private TensorInfo info(StoredWeight weight) {
    return Optional.ofNullable(store.tensors().get(weight.tensor()))
        .orElseThrow(
            () -> new TensorException(store.path() + " has no tensor " + weight.tensor() + "."));
  }
}
