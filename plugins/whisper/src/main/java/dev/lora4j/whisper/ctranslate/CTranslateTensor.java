package dev.lora4j.whisper.ctranslate;

import dev.lora4j.core.tensor.Shape;

/**
 * A variable of a model of CTranslate2.
 *
 * @param name with the scopes that it lies in, divided by {@code /}
 * @param shape none for a single number
 * @param type of its elements
 * @param begin first byte in the file
 */
record CTranslateTensor(String name, Shape shape, CTranslateType type, int begin) {
  /** Number of bytes. */
  int bytes() {
    return Math.toIntExact(shape.elements() * type.width());
  }
}
