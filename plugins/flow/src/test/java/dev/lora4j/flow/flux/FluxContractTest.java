package dev.lora4j.flow.flux;

import dev.lora4j.testkit.DenoiserFamilyContract;

/** The transformer with all its parts as a denoiser. */
class FluxContractTest extends DenoiserFamilyContract {
  FluxContractTest() {
    super("flux");
  }

  @Override
  protected String config() {
    return FluxConfigs.GUIDED;
  }
}
