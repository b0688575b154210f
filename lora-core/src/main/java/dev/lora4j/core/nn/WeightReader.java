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
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the weights of one checkpoint as a model has them: in the type it computes in, parts of
 * tensors by themselves, [in, out] turned to [out, in], swapped halves put in their order, encoded
 * ones decoded.
 */
public final class WeightReader {
  private final Scope raw;
  private final StoredTensors store;
  private final MappedTensors mapped;
  private final DType compute;
  private final Map<Order, Program> ordering = new HashMap<>();

  /**
   * Creates a reader for one checkpoint.
   *
   * @param raw owner of the mapped files and of what is only needed on the way; what was read
   *     outlives it
   * @param compute the type that weights become
   */
  public WeightReader(Scope raw, TensorStore store, DType compute) {
    this(raw, StoredTensors.of(store), compute);
  }

  /** Creates a reader as {@link #WeightReader(Scope, TensorStore, DType)} does. */
  public WeightReader(Scope raw, StoredTensors store, DType compute) {
    this.raw = raw;
    this.store = store;
    this.mapped = new MappedTensors(store, raw);
    this.compute = compute;
  }

  /** Returns true if a weight is read as a view of the file, which takes no memory. */
  public boolean views(StoredWeight weight) {
    return info(weight).dtype() == compute && weight.inOrder() && !store.encoded(weight.tensor());
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
    boolean encoded = store.encoded(weight.tensor());
    if (encoded && DecodedWeight.rounds(compute) && weight.inOrder()) {
      return decoded(weight).on(owner, compute);
    }
    try (Tensor stored =
        encoded
            ? decoded(weight).on(raw, DType.F32)
            : mapped.tensor(raw, info, weight.from(), weight.storedShape())) {
      return weight.inOrder()
          ? stored.to(owner, compute)
          : ordering
              .computeIfAbsent(Order.of(weight, stored.dtype()), this::ordered)
              .run(owner, stored)
              .get(0);
    }
  }

  /** A weight as it lies in the file, as a view; empty if it is encoded or swapped there. */
  public Optional<UnroundedWeight> unrounded(Scope owner, StoredWeight weight) {
    return store.encoded(weight.tensor()) || weight.swapped()
        ? Optional.empty()
        : Optional.of(
            new UnroundedWeight(
                mapped.tensor(owner, info(weight), weight.from(), weight.storedShape()),
                weight.transposed()));
  }

  /**
   * Writes the bytes of a weight in the type {@code compute}. Of an encoded one only some numbers
   * are in memory at a time.
   *
   * @throws TensorException if the checkpoint has no such tensor
   */
  public void write(StoredWeight weight, WritableByteChannel out) throws IOException {
    info(weight);
    if (store.encoded(weight.tensor()) && DecodedWeight.rounds(compute) && weight.inOrder()) {
      decoded(weight).write(out, compute);
      return;
    }
    try (Tensor tensor = read(raw, weight)) {
      out.write(tensor.bytes());
    }
  }

  private DecodedWeight decoded(StoredWeight weight) {
    return new DecodedWeight(store, weight);
  }

  /** Rearrangement of a weight whose numbers lie in another order. */
  private record Order(DType stored, Shape shape, boolean transposed, boolean swapped) {
    static Order of(StoredWeight weight, DType stored) {
      return new Order(stored, weight.storedShape(), weight.transposed(), weight.swapped());
    }
  }

  private Program ordered(Order order) {
    Graph graph = new Graph();
    Expr x = graph.input("x", order.stored(), order.shape()).to(compute);
    Expr turned = order.transposed() ? x.transpose(0, 1) : x;
    if (!order.swapped()) {
      return graph.inference(raw, List.of(turned));
    }
    List<Expr> halves = turned.chunk(2, 0);
    return graph.inference(raw, List.of(halves.get(1).cat(0, halves.get(0))));
  }

  private TensorInfo info(StoredWeight weight) {
    return Optional.ofNullable(store.tensors().get(weight.tensor()))
        .orElseThrow(
            () -> new TensorException(store.path() + " has no tensor " + weight.tensor() + "."));
  }
}
