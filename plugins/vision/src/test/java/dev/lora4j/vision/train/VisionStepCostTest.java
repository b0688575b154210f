package dev.lora4j.vision.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.data.PicturePreparation;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Costs of steps on pictures, which are known before one is taken. */
class VisionStepCostTest {
  private static final int SIDE = 48;
  private static final String STEM = VisionModel.MODEL + ".conv1";
  private static Lora4j lora;
  private static VisionModel model;

  @BeforeAll
  static void open() {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = VisionModel.open(lora, Goldens.model("basic"));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static VisionTrainer trainer(AdapterRecipe recipe, int batch, int pictures) {
    List<ClassedPicture> all =
        IntStream.range(0, pictures)
            .mapToObj(
                i ->
                    new ClassedPicture(
                        "picture " + i,
                        "" + i,
                        new PixelMap(SIDE, SIDE, 3, new byte[SIDE * SIDE * 3]),
                        i % 3))
            .toList();
    return VisionTrainer.on(
            model,
            VisionTrainingSettings.DEFAULT
                .with(recipe)
                .batch(batch)
                .with(PicturePreparation.IMAGENET.sized(SIDE))
                .with(Augmentation.NONE))
        .pictures(all, List.of());
  }

  private static AdapterRecipe stem(int rank) {
    return AdapterRecipe.DEFAULT.targets(TargetLayers.matching(STEM)).rank(rank, rank);
  }

  @Test
  void aTrainedConvolutionHasTheHandCountedCost() {
    long two = trainer(stem(2), 4, 9).cost().flops();
    long five = trainer(stem(5), 4, 9).cost().flops();
    Site site = model.sites().find(STEM).orElseThrow();
    // Four pictures, whose sides the stride of 2 halves.
    long places = 4L * (SIDE / 2) * (SIDE / 2);
    // For each direction: down forward and its weight's gradient; up forward and both gradients.
    long down = 2 * places * site.rest();
    long up = 2 * places * site.out();
    assertEquals(3 * 7 * 7, site.rest());
    assertEquals(3 * (2 * down + 3 * up), five - two);
  }

  @Test
  void costIsThatOfTheLargestBatch() {
    AdapterRecipe all = AdapterRecipe.DEFAULT.targets(VisionTargets.ALL).rank(4, 4);
    // Of five pictures the second batch has one.
    StepCost four = trainer(all, 4, 5).cost();
    assertEquals(four.flops(), trainer(all, 4, 40).cost().flops());
    assertEquals(four.flops(), trainer(all, 64, 4).cost().flops());
    StepCost two = trainer(all, 2, 5).cost();
    assertEquals(four.flops(), 2 * two.flops());
    assertTrue(four.bytes() > two.bytes());
    assertEquals(four.weights(), two.weights());
    assertEquals(four.state(), two.state());
  }

  @Test
  void withoutPicturesThereIsNothingToCount() {
    VisionTrainer none = trainer(stem(2), 4, 0);
    assertThrows(IllegalArgumentException.class, none::cost);
    assertThrows(
        IllegalArgumentException.class,
        () -> none.search(trials -> List.of(), 1, (trial, setting, step) -> {}));
  }
}
