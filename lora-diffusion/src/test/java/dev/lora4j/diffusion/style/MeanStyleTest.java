package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.Spectrum;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The mean of several trainings is the best adapter of their rank for the mean of their changes.
 */
class MeanStyleTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final int RANK = 4;
  private static final int STEPS = 3;

  private static List<TrainedStyle> runs;

  @BeforeAll
  static void train() {
    runs = IntStream.of(3, 4, 5).mapToObj(MeanStyleTest::trained).toList();
  }

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static TrainedStyle trained(int seed) {
    int side = SD.base().sampleSize() * SD.base().vae().scale();
    byte[] rgb = new byte[3 * side * side];
    Arrays.fill(rgb, 0, side * side, (byte) 90);
    StyleSettings settings =
        StyleSettings.DEFAULT
            .withRank(RANK)
            .withSteps(STEPS)
            .with(LearningRates.of(1e-2))
            .withSeed(seed)
            .withStored(DType.F32);
    return StyleTrainer.on(SD)
        .images(List.of(new Picture("p", "thing", side, side, rgb)))
        .batch(1)
        .settings(settings)
        .name("mine")
        .run();
  }

  private static Map<String, Site> sites() {
    return SD.base().sites().all().stream()
        .collect(Collectors.toMap(Site::name, Function.identity()));
  }

  @Test
  void meanIsTheNearestOfItsRank() {
    TrainedStyle mean = MeanStyle.of(SD, runs, DType.F32);
    assertEquals(runs.get(0).adapter().sites().keySet(), mean.adapter().sites().keySet());
    Term minus0 = new Term(runs.get(0).adapter(), -1.0 / 3);
    Term minus1 = new Term(runs.get(1).adapter(), -1.0 / 3);
    Term minus2 = new Term(runs.get(2).adapter(), -1.0 / 3);
    try (Scope scope = SD.scope().child("test")) {
      LowRankAlgebra algebra = new LowRankAlgebra(scope, sites());
      Map<String, Spectrum> exact = algebra.spectra(List.of(minus0, minus1, minus2));
      Map<String, Spectrum> missed =
          algebra.spectra(List.of(new Term(mean.adapter(), 1), minus0, minus1, minus2));
      int cut = 0;
      for (String site : exact.keySet()) {
        double[] values = exact.get(site).values();
        double tail = Math.sqrt(Arrays.stream(values).skip(RANK).map(v -> v * v).sum());
        cut += tail > 0.01 * values[0] ? 1 : 0;
        assertEquals(tail, missed.get(site).norm(), 1e-4 * values[0], site);
      }
      assertTrue(cut > exact.size() / 2, "directions are lost at most layers");
    }
  }

  @Test
  void metadataNamesTheAveragedRuns() {
    TrainedStyle mean = MeanStyle.of(SD, runs, DType.F32);
    Metadata metadata = new Metadata(mean.adapter().metadata());
    assertEquals(
        Optional.of("mean of trainings with seeds 3, 4, 5; "), metadata.get(KohyaKeys.COMMENT));
    assertEquals(Optional.empty(), metadata.get(KohyaKeys.SEED));
    Set<String> alphas =
        mean.adapter().sites().values().stream()
            .map(factors -> factors.get(0).settings().get("alpha"))
            .collect(Collectors.toSet());
    assertEquals(Set.of(metadata.get(KohyaKeys.NETWORK_ALPHA).orElseThrow()), alphas);
    assertEquals(Optional.of(Integer.toString(RANK)), metadata.get(KohyaKeys.NETWORK_DIM));
    assertEquals("mine", mean.adapter().name());
    assertEquals(STEPS, mean.losses().size());
    double last = runs.stream().mapToDouble(run -> run.losses().get(STEPS - 1)).sum() / 3;
    assertEquals(last, mean.losses().get(STEPS - 1), 1e-6);
  }

  @Test
  void meanOfOneRunIsThatRun() {
    assertSame(runs.get(0), MeanStyle.of(SD, runs.subList(0, 1), DType.F32));
    assertThrows(IllegalArgumentException.class, () -> MeanStyle.of(SD, List.of(), DType.F32));
  }
}
