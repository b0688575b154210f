package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import java.util.Optional;

/** kohya's {@code oft_blocks.0}, {@code oft_blocks.1}: one tensor for each part of a layer. */
final class Rotations {
  private static final String BLOCKS = "oft_blocks";

  private Rotations() {}

  /** The address of a key of a layer that the base has. */
  static KeyAddress address(
      String spelled, Layer layer, String suffix, Optional<KeySuffix> ending) {
    if (ending.isPresent()) {
      return new KeyAddress.KnownLayer(spelled, layer, ending.get().role());
    }
    if (suffix.matches(BLOCKS + "\\.\\d{1,2}")) {
      int index = Integer.parseInt(suffix.substring(BLOCKS.length() + 1));
      Optional<Layer> part = layer.part(index);
      if (part.isPresent()) {
        return new KeyAddress.KnownLayer(spelled + "." + index, part.get(), BLOCKS);
      }
    }
    return new KeyAddress.OtherTensor(Reason.UNKNOWN_METHOD);
  }
}
