package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.TinyAdapters;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.request.Prompt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers that are no longer finite are an error that says where, and no black picture. */
class NotFiniteTest {
  /** Changes the denoiser alone. */
  private static final String FILE = "sd-peft-keys.safetensors";

  @ParameterizedTest
  @CsvSource({"F32, 1, 0", "F32, 3, 0.5", "BF16, 3, 0.5", "F32, 4, 0.7", "BF16, 1, 0"})
  void stepOfNonFiniteOutputIsNamed(DType compute, int step, double from) {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER, LoadOptions.in(compute))) {
      Adapter adapter = sd.adapter(TinyAdapters.FOLDER.resolve(FILE));
      for (Route route : Route.values()) {
        MixPlan mix = MixPlan.of(adapter, Weight.steps(from, 1, 1e30)).route(route);
        Prompt prompt = Prompt.of("a fox").steps(4).mix(mix);
        TensorException failed = assertThrows(TensorException.class, () -> sd.generate(prompt));
        String message = String.valueOf(failed.getMessage());
        assertTrue(message.startsWith("Step " + step + " gave"), route + ": " + message);
        assertTrue(message.contains("adapter weights"), message);
      }
      assertEquals(32, sd.generate(Prompt.of("a fox").steps(4)).image().getWidth());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void layerOfOverflowingWeightIsNamed(DType compute) {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER, LoadOptions.in(compute))) {
      MixPlan mix = MixPlan.of(sd.adapter(TinyAdapters.FOLDER.resolve(FILE)), 3e38);
      Prompt prompt = Prompt.of("a fox").steps(4).mix(mix.route(Route.MERGED));
      AdapterException failed = assertThrows(AdapterException.class, () -> sd.generate(prompt));
      String message = String.valueOf(failed.getMessage());
      assertTrue(message.startsWith("The weight of unet."), message);
      assertTrue(message.contains("too large"), message);
    }
  }
}
