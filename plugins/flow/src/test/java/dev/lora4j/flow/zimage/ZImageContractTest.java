package dev.lora4j.flow.zimage;

import dev.lora4j.testkit.DenoiserFamilyContract;

/** The transformer as a denoiser. */
class ZImageContractTest extends DenoiserFamilyContract {
  /** Tokens to which those of a text are filled up. */
  private static final int TEXT = 32;

  /** Tokens that fill up a picture of four by four. */
  private static final int FILLERS = 16;

  ZImageContractTest() {
    super("zimage");
  }

  @Override
  protected String config() {
    return ZImageConfigs.TINY;
  }

  @Override
  protected long words(String site, int words) {
    if (site.startsWith("transformer.noise_refiner.")) {
      return FILLERS;
    }
    if (site.startsWith("transformer.layers.")) {
      return TEXT + FILLERS;
    }
    return site.startsWith("transformer.context_refiner.") ? TEXT : words;
  }
}
