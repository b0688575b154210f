package dev.lora4j.flow.flux2;

import dev.lora4j.flow.AdapterContract;
import dev.lora4j.flow.Goldens;

/** Adapters of several programs on a tiny FLUX.2 [klein]. */
class Flux2AdapterTest extends AdapterContract {
  Flux2AdapterTest() {
    super(
        Flux2Goldens.TINY,
        "uneven",
        2 * 12 + 2 * 2 + 9,
        "kohya",
        "aitoolkit",
        "comfy",
        "expanded",
        "peft");
  }

  /** That of Stable Diffusion 3 has a layer of the same name. */
  @Override
  protected Foreign foreign() {
    return new Foreign(
        Goldens.RESOURCES.resolve("zimage/kohya.safetensors"), "lora_unet_context_refiner");
  }
}
