package dev.lora4j.flow.sd3;

import dev.lora4j.testkit.DenoiserFamilyContract;

/** The transformer without norms of queries and a second attention as a denoiser. */
class PlainSd3ContractTest extends DenoiserFamilyContract {
  PlainSd3ContractTest() {
    super("sd3");
  }

  @Override
  protected String config() {
    return Sd3Configs.PLAIN;
  }
}
