package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import java.util.List;
import java.util.Map;

/** Division of a model into blocks, for weights by block. */
public interface BlockScheme {
  /** The block of a site of the model. */
  BlockName block(Site site);

  /**
   * Blocks that lists of bare numbers stand for, by the length of the list. An entry is a block, a
   * group of letters, or a range such as {@code OUT03-11}.
   */
  default Map<Integer, List<String>> lists() {
    return Map.of();
  }
}
