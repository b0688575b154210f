package dev.lora4j.core.format;

import java.util.Comparator;
import java.util.Locale;

/**
 * Name of a block in block weights, for example {@code IN04}, {@code M00} or {@code D12}. Blocks
 * are ordered as data flows through them.
 *
 * @param part which kind of block
 * @param number counted from 0 within its part; 0 for parts that are one block
 */
public record BlockName(BlockPart part, int number) implements Comparable<BlockName> {
  /** A part that is one block. */
  public static BlockName of(BlockPart part) {
    return new BlockName(part, 0);
  }

  @Override
  public int compareTo(BlockName other) {
    return Comparator.comparing(BlockName::part)
        .thenComparingInt(BlockName::number)
        .compare(this, other);
  }

  /** For example {@code OUT03}. */
  @Override
  public String toString() {
    return part.numbered()
        ? String.format(Locale.ROOT, "%s%02d", part.letters(), number)
        : part.letters();
  }
}
