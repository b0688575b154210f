package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The nearer a step is to the picture, the more directions of a T-LoRA it trains. */
class TimestepRankTest {
  private static final int RANK = 4;
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static List<Picture> pictures() {
    int side = SD.base().sampleSize() * SD.base().vae().scale();
    byte[] rgb = new byte[3 * side * side];
    Arrays.fill(rgb, 0, side * side, (byte) 90);
    return List.of(
        new Picture("a", "thing one", side, side, rgb),
        new Picture("b", "thing two", side, side, new byte[3 * side * side]));
  }

  /** Text encoders see several chunks of each caption, the denoiser one row. */
  @ParameterizedTest
  @CsvSource({
    "0, 1, 4, false, 1",
    "250, 1, 3, false, 1",
    "250, 0.2, 3, false, 1",
    "500, 1, 2, true, 1",
    "500, 1, 2, true, 2",
    "999, 1, 1, false, 1",
    "999, 0.05, 3, true, 2",
  })
  void stepsTrainTheDirectionsOfTheirTimestep(
      int timestep, String power, int directions, boolean text, int chunks) {
    AdapterRecipe plain = StyleSettings.DEFAULT.recipe();
    TargetLayers targets = plain.targets();
    AdapterRecipe recipe =
        plain
            .method(TrainableMethods.named("tlora", Map.of("alpha_rank_scale", power)))
            .rank(RANK, RANK)
            .targets(text ? targets.and(TargetLayers.of(TargetPreset.TEXT_ENCODERS)) : targets);
    ObjectiveSettings objective = StyleTrainer.objective(SD);
    StyleSettings settings =
        StyleSettings.DEFAULT
            .with(objective.with(objective.timesteps().withRange(timestep, timestep + 1)))
            .with(recipe)
            // Decay changes what no gradient reaches.
            .with(new AdamW(0.9, 0.999, 1e-8, 0))
            .withCaptionChunks(chunks)
            .withStored(DType.F32)
            .withSteps(2);
    TrainedStyle style = StyleTrainer.on(SD).images(pictures()).batch(2).settings(settings).run();
    Map<String, List<Factors>> sites = style.adapter().sites();
    assertEquals(text, sites.keySet().stream().anyMatch(s -> s.startsWith("text_encoder")));
    sites.forEach(
        (site, all) -> {
          assertEquals(directions, changed(all.get(0), LoraMethod.DOWN, 0), site);
          assertEquals(directions, changed(all.get(0), LoraMethod.UP, RANK), site);
        });
  }

  /** How many directions of a factor learned, which are the first ones. */
  private static int changed(Factors factors, String role, int from) {
    HostTensor tensor = factors.tensor(role);
    boolean down = role.equals(LoraMethod.DOWN);
    int all = 2 * RANK;
    double[] values = tensor.doubles();
    int width = values.length / all;
    int count = 0;
    for (int r = 0; r < RANK; r++) {
      boolean learned = false;
      for (int k = 0; k < width; k++) {
        learned |= values[down ? (from + r) * width + k : k * all + from + r] != 0;
      }
      assertTrue(!learned || count == r, "direction " + r);
      count += learned ? 1 : 0;
    }
    return count;
  }
}
