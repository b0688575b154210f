package dev.lora4j.core.gguf;

import dev.lora4j.core.tensor.Shape;

/**
 * Entry of one tensor in a file's header.
 *
 * @param name the tensor's name in the file
 * @param type the type of its numbers
 * @param shape sizes in elements, the one whose elements lie side by side last; the file has it
 *     first
 * @param begin the first byte, counted from the start of the tensors
 * @param length number of bytes in the file
 */
public record GgufTensor(String name, GgufType type, Shape shape, long begin, long length) {
  /** Number of elements. */
  public long elements() {
    return shape.elements();
  }
}
