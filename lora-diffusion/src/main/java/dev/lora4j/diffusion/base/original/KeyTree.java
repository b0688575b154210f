package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Names and shapes of a checkpoint, by prefix. */
final class KeyTree {
  private final Path path;
  private final TreeMap<String, TensorInfo> tensors;

  KeyTree(Path path, Map<String, TensorInfo> tensors) {
    this.path = path;
    this.tensors = new TreeMap<>(tensors);
  }

  Path path() {
    return path;
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** True if some name has this prefix. */
  boolean below(String prefix) {
    String first = tensors.ceilingKey(prefix);
    return first != null && first.startsWith(prefix);
  }

  /** Length of the row {@code prefix0., prefix1., ...} without gaps. */
  int count(String prefix) {
    int count = 0;
    while (below(prefix + count + ".")) {
      count++;
    }
    return count;
  }

  Optional<Shape> shape(String name) {
    return Optional.ofNullable(tensors.get(name)).map(TensorInfo::shape);
  }

  /**
   * One of a tensor's sizes.
   *
   * @throws CheckpointException if there is no such tensor, or it has fewer dimensions
   */
  int size(String name, int dimension) {
    Shape shape =
        shape(name)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        path
                            + " lacks "
                            + name
                            + ", by which the model's size is known; it is damaged or not whole."));
    if (shape.rank() <= dimension || shape.size(dimension) > Integer.MAX_VALUE) {
      throw new CheckpointException(
          name + " in " + path + " has the shape " + shape + ", which is none of such a layer.");
    }
    return (int) shape.size(dimension);
  }

  /** A sentence about this file. */
  CheckpointException refused(String reason) {
    return new CheckpointException(path + ": " + reason);
  }
}
