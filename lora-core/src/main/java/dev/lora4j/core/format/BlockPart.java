package dev.lora4j.core.format;

import java.util.Comparator;

/**
 * A kind of blocks of a model.
 *
 * @param letters first part of the blocks' names, for example {@code IN}
 * @param position place in the order of the data, smaller first
 * @param numbered whether it has numbered blocks; else it is one block
 */
public record BlockPart(String letters, int position, boolean numbered)
    implements Comparable<BlockPart> {
  /** Layers before the first block: embeddings of timestep, sizes, words, patches. */
  public static final BlockPart BEFORE = new BlockPart("IN", 100, false);

  /** The numbered layers of a model without a scheme of its own. */
  public static final BlockPart LAYER = new BlockPart("L", 500, true);

  /** Layers after the last block. */
  public static final BlockPart AFTER = new BlockPart("OUT", 1000, false);

  @Override
  public int compareTo(BlockPart other) {
    return Comparator.comparingInt(BlockPart::position)
        .thenComparing(BlockPart::letters)
        .thenComparing(BlockPart::numbered)
        .compare(this, other);
  }
}
