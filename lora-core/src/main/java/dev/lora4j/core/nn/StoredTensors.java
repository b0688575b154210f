package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors that the weights of a model are read from, as numbers with a shape, however files
 * keep them. Most lie as they are and can be mapped; others are encoded, such as quantised ones,
 * and have to be decoded.
 *
 * <p>Any number of threads may use them. Whoever opened the files closes them.
 */
public interface StoredTensors {
  /** The tensors of a checkpoint in safetensors, of which none is encoded. */
  static StoredTensors of(TensorStore store) {
    return new CheckpointTensors(store);
  }

  /** The file that was opened. */
  Path path();

  /**
   * All tensors by name; unmodifiable. Type and shape are those of the numbers; of an encoded one
   * the bytes from {@code begin} to {@code end} are fewer than these would take.
   */
  Map<String, TensorInfo> tensors();

  /** The file that holds this tensor. */
  Path fileOf(String name);

  /** The tensor's position in {@link #fileOf}, counted from the start of that file. */
  long absoluteOffset(String name);

  /** Fills the rest of {@code into} with the tensor's bytes from {@code offset} on. */
  void read(String name, long offset, ByteBuffer into);

  /** Form of a quantised weight whose parts can be used as they lie; empty of others. */
  default Optional<StoredForm> quantised(String name) {
    return Optional.empty();
  }

  /**
   * Returns true if quantised weights stay in their form where nobody asks for numbers; else they
   * become numbers where nobody asks for the form.
   */
  default boolean keepsForms() {
    return true;
  }

  /** Returns true if the tensor's bytes are not its numbers in their order. */
  boolean encoded(String name);

  /**
   * Decodes numbers of a tensor that is encoded, in F32.
   *
   * @param from elements before the first; a whole number of rows
   * @param values is filled; holds a whole number of rows
   */
  void decode(String name, long from, float[] values);

  /**
   * Number of elements that can only be decoded together: those of a row.
   *
   * @param name of an encoded tensor
   */
  long row(String name);

  /**
   * Text that changes with whatever but the files' bytes decides about the numbers; by it what was
   * converted once is known again.
   */
  String form();
}
