package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;

/**
 * A weight as its file has it, where a rounded one is computed with.
 *
 * @param stored mapped from the file
 * @param transposed whether it lies there as [in, out]
 */
public record UnroundedWeight(Tensor stored, boolean transposed) {
  /** Its numbers, F32, as the network has them; they belong to {@code scope}. */
  Tensor numbers(Scope scope) {
    if (!transposed) {
      return stored.to(scope, DType.F32);
    }
    Graph graph = new Graph();
    try (Scope work = scope.child("unrounded")) {
      return graph
          .inference(
              work,
              List.of(
                  graph
                      .input("x", stored.dtype(), stored.shape())
                      .to(DType.F32)
                      .transpose(0, 1)
                      .contiguous()))
          .run(scope, stored)
          .get(0);
    }
  }
}
