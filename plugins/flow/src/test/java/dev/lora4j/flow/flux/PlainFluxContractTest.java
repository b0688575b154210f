package dev.lora4j.flow.flux;

import dev.lora4j.testkit.DenoiserFamilyContract;

/** The transformer without a guidance scale as a denoiser. */
class PlainFluxContractTest extends DenoiserFamilyContract {
  PlainFluxContractTest() {
    super("flux");
  }

  @Override
  protected String config() {
    return FluxConfigs.PLAIN;
  }
}
