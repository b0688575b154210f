package dev.lora4j.flow.sd3;

import dev.lora4j.flow.AdapterContract;
import dev.lora4j.flow.Goldens;

/** Adapters of diffusers and of sd-scripts on a tiny Stable Diffusion 3.5 Medium. */
class Sd3AdapterTest extends AdapterContract {
  Sd3AdapterTest() {
    super(Sd3Goldens.TINY, "sd35m", 54, "kohya");
  }

  @Override
  protected Foreign foreign() {
    return new Foreign(
        Goldens.RESOURCES.resolve("flux/kohya.safetensors"), "lora_unet_double_blocks");
  }
}
