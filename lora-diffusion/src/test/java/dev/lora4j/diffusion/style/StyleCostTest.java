package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Cost;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainingSpeed;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a step costs is known before it is compiled. */
class StyleCostTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final String LAST = "unet.conv_out";

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static AdapterPlan plan(StyleSettings settings) {
    return settings.recipe().plan(SD.base().sites().all());
  }

  private static StepCost cost(StyleSettings settings, int batch, int height, int width) {
    return StyleCost.of(SD.base(), plan(settings), settings, batch, height, width);
  }

  private static Site last() {
    return SD.base().sites().all().stream()
        .filter(s -> s.name().equals(LAST))
        .findFirst()
        .orElseThrow();
  }

  /** A plan that trains only the denoiser's last convolution. */
  private static AdapterPlan lastOnly(int rank) {
    AdapterRecipe recipe = StyleSettings.DEFAULT.recipe().rank(rank, rank);
    return recipe.targets(TargetLayers.of(TargetPreset.ALL)).plan(List.of(last()));
  }

  @Test
  void lastTrainedConvolutionHasTheHandCountedCost() {
    int batch = 3;
    int height = 8;
    int width = 16;
    long places = (long) batch * height * width;
    long weight = last().weight().elements();
    StyleSettings settings = StyleSettings.DEFAULT;
    long first = StyleCost.of(SD.base(), lastOnly(2), settings, batch, height, width).flops();
    long second = StyleCost.of(SD.base(), lastOnly(5), settings, batch, height, width).flops();
    // For each direction: down forward and its weight's gradient; up forward and both gradients.
    // Nothing before it needs a gradient.
    long down = 2 * places * (weight / last().out());
    long up = 2 * places * last().out();
    assertEquals(3 * (2 * down + 3 * up), second - first);
  }

  @Test
  void denoiserCostIsThatOfItsLayers() {
    // Without attention, which grows with the square of the places, all is in proportion.
    int side = 8;
    StepCost one = StyleCost.of(SD.base(), lastOnly(1), StyleSettings.DEFAULT, 1, side, side);
    StepCost four = StyleCost.of(SD.base(), lastOnly(1), StyleSettings.DEFAULT, 4, side, side);
    assertEquals(4 * one.flops(), four.flops());
    long frozen =
        SD.base().sites().all().stream()
            .filter(s -> s.name().startsWith("unet."))
            .mapToLong(s -> s.weight().elements())
            .sum();
    assertTrue(one.weights() >= 4 * frozen && one.weights() < 4.2 * frozen, "F32 and biases");
  }

  @Test
  void moreWorkCostsMore() {
    StyleSettings settings = StyleSettings.DEFAULT;
    StepCost small = cost(settings, 1, 8, 8);
    StepCost batch = cost(settings, 2, 8, 8);
    StepCost wide = cost(settings, 1, 8, 16);
    StepCost ranked = cost(settings.withRank(32), 1, 8, 8);
    for (StepCost more : List.of(batch, wide, ranked)) {
      assertTrue(more.flops() > small.flops(), more + " against " + small);
      assertTrue(more.bytes() > small.bytes(), more + " against " + small);
    }
    assertEquals(small.weights(), batch.weights());
    assertEquals(small.state(), wide.state());
    // Factors, two forms of the gradient, two memories of AdamW.
    assertEquals(5 * 4 * plan(settings).elements(), small.state());
    assertEquals(wide.flops(), cost(settings, 1, 16, 8).flops());
  }

  @Test
  void checkpointingKeepsLessAndComputesMore() {
    StyleSettings settings = StyleSettings.DEFAULT;
    StepCost plain = cost(settings, 4, 16, 16);
    StepCost twice = cost(settings.withCheckpointing(true), 4, 16, 16);
    assertTrue(twice.batch().kept() < 0.6 * plain.batch().kept(), twice + " against " + plain);
    assertTrue(twice.flops() > 1.2 * plain.flops(), twice + " against " + plain);
    assertTrue(twice.flops() < 1.6 * plain.flops(), twice + " against " + plain);
  }

  @Test
  void textEncodersDropoutsAndAllMethodsAreCounted() {
    StyleSettings settings = StyleSettings.DEFAULT;
    AdapterRecipe recipe = settings.recipe();
    StepCost denoiser = cost(settings, 2, 8, 8);
    StyleSettings all = settings.with(recipe.targets(TargetLayers.of(TargetPreset.ALL)));
    assertTrue(cost(all, 2, 8, 8).flops() > denoiser.flops());
    StyleSettings dropping = settings.with(recipe.dropouts(new Dropouts(0.1, 0.1, 0.1, 0.1)));
    assertTrue(cost(dropping, 2, 8, 8).bytes() > denoiser.bytes());
    // SHiRA of a greater rank would have more places than the smallest layers have numbers.
    AdapterRecipe small = recipe.rank(2, 2);
    TrainableMethods.all()
        .values()
        .forEach(
            method -> assertTrue(cost(settings.with(small.method(method)), 2, 8, 8).flops() > 0));
  }

  @Test
  void trainingSpeedTurnsCostIntoSeconds() {
    StepCost cost = new StepCost(2, new Cost(300, 40, 10, 5, 6), 7, 8);
    assertEquals(600, cost.flops());
    assertEquals(7 + 8 + 5 + 6, cost.bytes());
    assertEquals(
        600 / 100.0 + 80 / 16.0 + 20 * 0.5, cost.seconds(new TrainingSpeed(100, 16, 0.5)), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> new TrainingSpeed(0, 1, 0));
  }
}
