package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.CacheSize;
import dev.lora4j.text.network.StagedCache;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Room for the keys and values of a batch, by the names of a program's held inputs. */
record KeyValueCache(Map<String, Tensor> tensors) {
  /**
   * Room that nothing is in yet.
   *
   * @param rows of the batch
   * @param room tokens for each row
   */
  static KeyValueCache of(Scope scope, CacheSize size, DType type, int rows, int room) {
    Shape shape = Shape.of(rows, size.heads(), room, size.width());
    Map<String, Tensor> tensors = new HashMap<>();
    ByteBuffer zeros = ByteBuffer.allocateDirect(Math.toIntExact(type.bytes(shape.elements())));
    for (int layer = 0; layer < size.layers(); layer++) {
      for (String name :
          new String[] {StagedCache.keysName(layer), StagedCache.valuesName(layer)}) {
        tensors.put(name, Tensor.of(scope, type, shape, zeros.duplicate()));
      }
    }
    return new KeyValueCache(tensors);
  }
}
