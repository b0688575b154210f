package dev.lora4j.core.safetensors;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;

/**
 * Entry of one tensor in a file's header.
 *
 * @param name the tensor's name in the file
 * @param dtype the element type
 * @param shape the sizes in elements; of packed types too, so that two F4 values make one byte
 * @param begin the first byte, counted from the start of the file's byte buffer
 * @param end the first byte after the tensor
 */
public record TensorInfo(String name, DType dtype, Shape shape, long begin, long end) {
  /** Number of bytes in the file. */
  public long length() {
    return end - begin;
  }
}
