package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.request.Prompt;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** One base serves several threads with different mixes, each as if it were alone. */
class ConcurrencyTest {
  @Test
  void concurrentPicturesEqualThoseMadeAlone() throws Exception {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER)) {
      Adapter one = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
      Adapter two = sd.adapter(TinySd.FOLDER.resolve("lora-kohya-2.safetensors"));
      List<MixPlan> mixes =
          List.of(
              MixPlan.NONE,
              MixPlan.of(one, 0.7),
              MixPlan.of(two, Weight.steps(0.5, 1, 0.8)),
              MixPlan.of(one, -0.4).with(two, 0.3));
      List<int[]> alone = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        alone.add(pixels(sd, mixes, i));
      }
      ExecutorService callers = Executors.newFixedThreadPool(8);
      List<Future<int[]>> together = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int number = i;
        together.add(callers.submit(() -> pixels(sd, mixes, number)));
      }
      for (int i = 0; i < 8; i++) {
        assertArrayEquals(alone.get(i), together.get(i).get());
      }
      callers.shutdown();
    }
  }

  private static int[] pixels(StableDiffusion sd, List<MixPlan> mixes, int number) {
    Prompt prompt = Prompt.of("a fox").seed(number).steps(4).mix(mixes.get(number % mixes.size()));
    BufferedImage image = sd.generate(prompt).image();
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
