package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import dev.lora4j.diffusion.train.objective.Loss;
import dev.lora4j.testkit.Differences.Judged;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract of {@link Loss}. Extend it for yours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class LossContract extends ExtensionContract<Loss> {
  private static final int WORDS_OF_A_SENTENCE = 3;
  private static final Shape SHAPE = Shape.of(3, 2, 4, 5);
  private static final double STEP = 1e-5;
  private static final double CLOSE = 1e-5;

  private static final SchedulerConfig SCHEDULE =
      new SchedulerConfig(
          1000, Betas.SCALED_LINEAR, 0.00085, 0.012, Prediction.EPSILON, Spacing.LEADING, 1, false);

  private Optional<Engine> opened = Optional.empty();

  /** Tests a loss on the class path, see {@link ExtensionContract}. */
  protected LossContract(String request) {
    super(Loss.class, request);
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private Judged judged(Differences differences) {
    return differences.by(extension(), opened.orElseThrow());
  }

  /** Differences of some size, none of them nearly 0. */
  private static Differences some(DType type, Shape shape, double size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Double> values =
        random
            .doubles(shape.elements(), 0.01, 1)
            .map(d -> random.nextBoolean() ? d * size : -d * size)
            .boxed()
            .toList();
    return new Differences(type, shape, values, thresholds(shape, random));
  }

  private static List<Double> thresholds(Shape shape, SplittableRandom random) {
    return random.doubles(shape.size(0), 0.05, 1).boxed().toList();
  }

  @Test
  void onlyWrongPredictionsHaveALoss() {
    Differences wrong = some(DType.F64, SHAPE, 2, 1);
    Judged right = judged(wrong.with(Collections.nCopies(wrong.values().size(), 0.0)));
    assertTrue(
        right.elements().stream().allMatch(loss -> loss == 0),
        "differences of 0 cost " + right.elements());
    List<Double> elements = judged(wrong).elements();
    for (int i = 0; i < elements.size(); i++) {
      assertTrue(
          elements.get(i) >= 0,
          "a difference of " + wrong.values().get(i) + " costs " + elements.get(i));
    }
    assertTrue(elements.stream().anyMatch(loss -> loss > 0), "nothing costs anything");
  }

  @Test
  void lossHasTheTypeAndShapeOfDifferences() {
    for (DType type : List.of(DType.F32, DType.F64, DType.BF16)) {
      for (Shape shape : List.of(SHAPE, Shape.of(1, 4, 1, 1), Shape.of(2, 4, 3, 7))) {
        assertEquals(
            shape.elements(),
            judged(some(type, shape, 1, 2)).elements().size(),
            type + " " + shape);
      }
    }
  }

  @Test
  void eachElementCountsByItself() {
    Differences one = some(DType.F64, SHAPE, 2, 3);
    List<Double> changed = new ArrayList<>(one.values());
    changed.set(0, 7.0);
    List<Double> before = judged(one).elements();
    List<Double> after = new ArrayList<>(judged(one.with(changed)).elements());
    after.set(0, before.get(0));
    // Masks weigh elements, and samples are averaged, after this.
    assertEquals(before, after, "one difference changes what another costs");
  }

  @Test
  void gradientIsTheSlope() {
    Differences at = some(DType.F64, SHAPE, 2, 4);
    List<Double> slopes = judged(at).slopes();
    List<Double> more = judged(at.with(moved(at.values(), STEP))).elements();
    List<Double> less = judged(at.with(moved(at.values(), -STEP))).elements();
    for (int i = 0; i < slopes.size(); i++) {
      double slope = (more.get(i) - less.get(i)) / (2 * STEP);
      assertEquals(
          slope,
          slopes.get(i),
          CLOSE * (1 + Math.abs(slope)),
          "the gradient at a difference of " + at.values().get(i));
    }
  }

  private static List<Double> moved(List<Double> values, double by) {
    return values.stream().map(v -> v + by).toList();
  }

  @Test
  void gradientIsFiniteEverywhere() {
    for (double size : new double[] {0, 1e-30, 1e-6, 1, 1e4}) {
      Differences differences = some(DType.F32, SHAPE, size, 5);
      Judged judged = judged(differences);
      for (int i = 0; i < judged.slopes().size(); i++) {
        boolean finite =
            Double.isFinite(judged.elements().get(i)) && Double.isFinite(judged.slopes().get(i));
        assertTrue(
            finite,
            "a difference of "
                + differences.values().get(i)
                + " costs "
                + judged.elements().get(i)
                + " with a gradient of "
                + judged.slopes().get(i));
      }
    }
  }

  @Test
  void theSameDifferencesCostTheSame() throws Exception {
    Loss loss = extension();
    Engine engine = opened.orElseThrow();
    ManyThreads.agree(
        () -> {
          List<Judged> all = new ArrayList<>();
          for (int seed = 0; seed < 3; seed++) {
            Judged judged = some(DType.F32, SHAPE, 2, seed).by(loss, engine);
            all.add(judged);
          }
          return all;
        });
  }

  /** Requires a constant canonical form: a run resumes only with a loss of the same form. */
  @Test
  void canonicalFormIsTheSameEachTime() {
    assertEquals(extension().canonical(), extension().canonical());
  }

  @Test
  void lossFitsABaseOrGivesAReason() {
    Loss loss = extension();
    int fits = 0;
    for (Prediction prediction : Prediction.values()) {
      Optional<String> misfit = loss.misfit(prediction);
      misfit.ifPresent(LossContract::requireSentence);
      if (misfit.isEmpty()) {
        fits++;
        requireThresholds(loss, SCHEDULE.with(prediction));
        requireThresholds(loss, SCHEDULE.with(prediction).withZeroTerminalSnr());
      }
    }
    assertTrue(fits > 0, "it fits no base");
  }

  private static void requireSentence(String misfit) {
    assertTrue(
        misfit.strip().split("\\s+", -1).length >= WORDS_OF_A_SENTENCE,
        "it should say what does not fit, and says '" + misfit + "'");
  }

  private static void requireThresholds(Loss loss, SchedulerConfig config) {
    NoiseSchedule schedule = new NoiseSchedule(config);
    for (int t = 0; t < schedule.size() && loss.thresholded(); t++) {
      double threshold = loss.threshold(schedule.level(t), schedule.size());
      assertTrue(
          Double.isFinite(threshold),
          "at timestep " + t + " of " + config.prediction() + " the threshold is " + threshold);
      assertEquals(threshold, loss.threshold(schedule.level(t), schedule.size()), "asked again");
    }
  }
}
