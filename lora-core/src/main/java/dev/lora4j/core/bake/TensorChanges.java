package dev.lora4j.core.bake;

import java.nio.ByteBuffer;
import java.util.Map;

/** Changes of a base's tensors. */
interface TensorChanges {
  /** None. */
  TensorChanges NONE =
      new TensorChanges() {
        @Override
        public boolean any(String part, String tensor) {
          return false;
        }

        @Override
        public Map<String, ByteBuffer> bytes(String part, String tensor) {
          return Map.of();
        }
      };

  /** Returns true if the numbers of a part's tensor change. */
  boolean any(String part, String tensor);

  /**
   * The new bytes of the tensors of the file that hold the numbers of one that changes, by name.
   */
  Map<String, ByteBuffer> bytes(String part, String tensor);
}
