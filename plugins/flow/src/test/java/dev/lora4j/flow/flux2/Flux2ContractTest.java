package dev.lora4j.flow.flux2;

import dev.lora4j.testkit.DenoiserFamilyContract;

/** The transformer as a denoiser. */
class Flux2ContractTest extends DenoiserFamilyContract {
  Flux2ContractTest() {
    super("flux2");
  }

  @Override
  protected String config() {
    return Flux2Configs.TINY;
  }
}
