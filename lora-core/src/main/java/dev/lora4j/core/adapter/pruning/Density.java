package dev.lora4j.core.adapter.pruning;

/**
 * Share of a factor's elements that are not 0.
 *
 * @param share above 0, at most 1
 */
record Density(double share) {
  Density {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The density, the share of a factor's numbers that are not 0, is above 0 and at most 1;"
              + " found "
              + share
              + ".");
    }
  }

  /** The elements that are kept of so many: no more than the share, but at least one. */
  int kept(int elements) {
    return Math.max(1, (int) Math.floor(share * elements));
  }
}
