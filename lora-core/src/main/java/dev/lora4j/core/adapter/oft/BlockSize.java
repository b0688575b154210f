package dev.lora4j.core.adapter.oft;

/** Sizes of OFT's blocks, as PEFT chooses them for each layer. */
public final class BlockSize {
  private BlockSize() {}

  /** {@code wanted} where it divides the inputs, else the divisor nearest to it. */
  public static long nearest(long inputs, long wanted) {
    if (wanted >= inputs) {
      return inputs;
    }
    long higher = wanted;
    while (inputs % higher != 0) {
      higher++;
    }
    long lower = wanted;
    while (inputs % lower != 0) {
      lower--;
    }
    return wanted - lower <= higher - wanted ? lower : higher;
  }
}
