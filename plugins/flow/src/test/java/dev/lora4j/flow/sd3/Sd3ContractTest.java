package dev.lora4j.flow.sd3;

import dev.lora4j.testkit.DenoiserFamilyContract;

/** The transformer with all its parts as a denoiser. */
class Sd3ContractTest extends DenoiserFamilyContract {
  Sd3ContractTest() {
    super("sd3");
  }

  @Override
  protected String config() {
    return Sd3Configs.TWICE;
  }
}
