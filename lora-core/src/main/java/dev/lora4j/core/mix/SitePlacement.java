package dev.lora4j.core.mix;

/** Layout of a site's outputs in a picture. */
public sealed interface SitePlacement {
  /**
   * One output for each place of a grid over the picture: of a convolution, or of a layer whose
   * tokens are places in row-major order.
   *
   * @param level how often the finest grid was halved, rounded up
   */
  record OnGrid(int level) implements SitePlacement {}

  /** One output for each word of the text: keys and values of attention to it. */
  record OfTokens() implements SitePlacement {}

  /**
   * One output for each word of all texts of a row, and behind them one for each place of a grid:
   * of a layer that words and picture share.
   *
   * @param level as in {@link OnGrid}
   */
  record WordsAndGrid(int level) implements SitePlacement {}

  /** One output for the whole picture, such as the embedding of the timestep. */
  record Nowhere() implements SitePlacement {}

  /** The places of a model's sites. */
  @FunctionalInterface
  interface Of {
    /** The place of the site with a canonical name. */
    SitePlacement of(String site);
  }
}
