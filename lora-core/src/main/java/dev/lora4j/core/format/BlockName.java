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
public record BlockName(Part part, int number) implements Comparable<BlockName> {
  /** Kinds of blocks, in the order of the data. */
  public enum Part {
    /** The text encoders of a UNet. */
    BASE("BASE", false),
    /** The CLIP text encoders of a transformer. */
    CLIP("CLIP", false),
    /** The T5 text encoder of a transformer. */
    T5("T5", false),
    /** Layers before the first block: embeddings of timestep, sizes, words, patches. */
    BEFORE("IN", false),
    /** The way down of a UNet, the first convolution included. */
    DOWN("IN", true),
    /** The middle of a UNet. */
    MIDDLE("M", true),
    /** The way up of a UNet. */
    UP("OUT", true),
    /** A transformer's blocks with streams of words and of the picture, in Stable Diffusion 3. */
    JOINT("J", true),
    /**
     * Blocks with streams of words and of the picture in FLUX, which blocks of one stream follow.
     */
    DOUBLE("D", true),
    /** A transformer's blocks of one stream. */
    SINGLE("S", true),
    /** A numbered layer of any other model. */
    LAYER("L", true),
    /** Layers after the last block. */
    AFTER("OUT", false);

    private final String letters;
    private final boolean numbered;

    Part(String letters, boolean numbered) {
      this.letters = letters;
      this.numbered = numbered;
    }

    /** Returns true if the part has numbered blocks; else it is one block. */
    public boolean numbered() {
      return numbered;
    }
  }

  /** A part that is one block. */
  public static BlockName of(Part part) {
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
    return part.numbered
        ? String.format(Locale.ROOT, "%s%02d", part.letters, number)
        : part.letters;
  }
}
