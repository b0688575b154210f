package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.testkit.ScoredPairs.Judged;
import dev.lora4j.text.align.PreferenceLoss;
import dev.lora4j.text.align.ScoreDivergence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract of {@link PreferenceLoss}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PreferenceLossContract extends ExtensionContract<PreferenceLoss> {
  private static final double BETA = 0.1;
  private static final int PAIRS = 6;
  private static final double STEP = 1e-4;
  private static final double CLOSE = 1e-6;

  private Optional<Engine> opened = Optional.empty();

  /** Tests a loss on the class path, see {@link ExtensionContract}. */
  protected PreferenceLossContract(String request) {
    super(PreferenceLoss.class, request);
  }

  /** Returns false if the loss of a pair depends on the others of its batch. */
  protected boolean judgesEachByItself() {
    return true;
  }

  /** Returns false if at the reference a chosen completion that gets likelier may cost more. */
  protected boolean risesToTheChosen() {
    return true;
  }

  /**
   * Returns false if the loss of a model that is its own reference depends on the pair, such as on
   * lengths.
   */
  protected boolean equalAtTheReference() {
    return extension().compares();
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private Judged judged(ScoredPairs pairs) {
    return judged(pairs, BETA, ScoreDivergence.REVERSE_KL);
  }

  private Judged judged(ScoredPairs pairs, double beta, ScoreDivergence divergence) {
    return pairs.by(extension(), beta, divergence, opened.orElseThrow());
  }

  /** Likelihoods of completions of a few tokens. */
  private static List<Double> likelihoods(int count, long seed) {
    return new SplittableRandom(seed).doubles(count, -40, -10).boxed().toList();
  }

  private static ScoredPairs atReference(DType type, int count) {
    return ScoredPairs.atReference(type, likelihoods(count, 1), likelihoods(count, 2));
  }

  /** A model that has left its reference by up to {@code size}. */
  private static ScoredPairs moved(DType type, int count, double size) {
    ScoredPairs start = atReference(type, count);
    SplittableRandom random = new SplittableRandom(3);
    return start.with(
        start.chosen().stream().map(d -> d + random.nextDouble(-size, size)).toList(),
        start.rejected().stream().map(d -> d + random.nextDouble(-size, size)).toList());
  }

  private static List<Double> plus(List<Double> values, double by) {
    return values.stream().map(d -> d + by).toList();
  }

  @Test
  void eachPairHasALoss() {
    for (DType type : List.of(DType.F32, DType.F64)) {
      for (int count : new int[] {1, 2, 7}) {
        assertEquals(count, judged(moved(type, count, 3)).each().size(), type + " " + count);
      }
    }
  }

  @Test
  void lossAndGradientAreFinite() {
    for (double beta : new double[] {0.01, 0.1, 1}) {
      for (double size : new double[] {0, 1e-6, 1, 9}) {
        ScoredPairs pairs =
            size == 0 ? atReference(DType.F32, PAIRS) : moved(DType.F32, PAIRS, size);
        Judged judged = judged(pairs, beta, ScoreDivergence.REVERSE_KL);
        boolean finite =
            Stream.of(judged.each(), judged.chosenSlopes(), judged.rejectedSlopes())
                .flatMap(List::stream)
                .allMatch(Double::isFinite);
        assertTrue(finite, "beta " + beta + ", moved by " + size + ": " + judged);
      }
    }
  }

  @Test
  void gradientIsTheSlope() {
    ScoredPairs at = moved(DType.F64, PAIRS, 4);
    Judged judged = judged(at);
    for (int i = 0; i < PAIRS; i++) {
      double chosen =
          slope(
              at.with(raised(at.chosen(), i, STEP), at.rejected()),
              at.with(raised(at.chosen(), i, -STEP), at.rejected()));
      double rejected =
          slope(
              at.with(at.chosen(), raised(at.rejected(), i, STEP)),
              at.with(at.chosen(), raised(at.rejected(), i, -STEP)));
      assertEquals(chosen, judged.chosenSlopes().get(i), CLOSE * (1 + Math.abs(chosen)), "chosen");
      assertEquals(
          rejected, judged.rejectedSlopes().get(i), CLOSE * (1 + Math.abs(rejected)), "rejected");
    }
  }

  private double slope(ScoredPairs more, ScoredPairs less) {
    return (sum(judged(more)) - sum(judged(less))) / (2 * STEP);
  }

  private static double sum(Judged judged) {
    return judged.each().stream().mapToDouble(d -> d).sum();
  }

  private static List<Double> raised(List<Double> values, int index, double by) {
    List<Double> raised = new ArrayList<>(values);
    raised.set(index, values.get(index) + by);
    return raised;
  }

  @Test
  void atTheReferenceAllPairsCostTheSame() {
    if (!equalAtTheReference()) {
      return;
    }
    List<Double> each = judged(atReference(DType.F64, PAIRS)).each();
    for (double loss : each) {
      assertEquals(each.get(0), loss, CLOSE * (1 + Math.abs(loss)), "losses are " + each);
    }
  }

  @Test
  void likelierChosenCostsNoMoreAtTheReference() {
    if (!risesToTheChosen()) {
      return;
    }
    for (double slope : judged(atReference(DType.F64, PAIRS)).chosenSlopes()) {
      assertTrue(slope <= CLOSE, "a chosen completion that gets likelier costs " + slope);
    }
  }

  @Test
  void pairsTheRightWayRoundCostLess() {
    ScoredPairs start =
        ScoredPairs.atReference(DType.F64, likelihoods(PAIRS, 1), likelihoods(PAIRS, 1));
    double right = sum(judged(start.with(plus(start.chosen(), 2), plus(start.rejected(), -2))));
    double wrong = sum(judged(start.with(plus(start.chosen(), -2), plus(start.rejected(), 2))));
    assertTrue(right < wrong, "right ones cost " + right + ", wrong ones " + wrong);
  }

  @Test
  void aPairCountsByItself() {
    if (!judgesEachByItself()) {
      return;
    }
    ScoredPairs one = moved(DType.F64, PAIRS, 3);
    ScoredPairs other = one.with(raised(one.chosen(), 0, 5), raised(one.rejected(), 0, -4));
    List<Double> before = judged(one).each();
    List<Double> after = new ArrayList<>(judged(other).each());
    after.set(0, before.get(0));
    assertEquals(before, after, "one pair changes what another costs");
  }

  @Test
  void orderOfPairsDoesNotMatter() {
    // Equal numbers of tokens, of which the first and the last pair have the same.
    ScoredPairs one = moved(DType.F64, 4, 3);
    double backwards =
        sum(
            judged(
                new ScoredPairs(
                    DType.F64,
                    swapped(one.chosen()),
                    swapped(one.rejected()),
                    swapped(one.chosenReference()),
                    swapped(one.rejectedReference()))));
    assertEquals(sum(judged(one)), backwards, CLOSE * (1 + Math.abs(backwards)));
  }

  /** The first and the last change places; both have the same number of tokens. */
  private static List<Double> swapped(List<Double> values) {
    List<Double> swapped = new ArrayList<>(values);
    Collections.swap(swapped, 0, values.size() - 1);
    return swapped;
  }

  @Test
  void rewardGrowsWithBeta() {
    ScoredPairs pairs = moved(DType.F64, PAIRS, 3);
    List<Double> single = judged(pairs).rewards();
    List<Double> twice = judged(pairs, 2 * BETA, ScoreDivergence.REVERSE_KL).rewards();
    assertEquals(PAIRS, single.size(), "a reward for each completion");
    for (int i = 0; i < PAIRS; i++) {
      assertEquals(2 * single.get(i), twice.get(i), CLOSE * (1 + Math.abs(twice.get(i))));
    }
  }

  @Test
  void divergenceCountsWhereItMay() {
    ScoredPairs pairs = moved(DType.F64, PAIRS, 3);
    List<Double> plain = judged(pairs).each();
    List<Double> other = judged(pairs, BETA, ScoreDivergence.named("js_divergence", 0.5)).each();
    // One without a reference goes with any divergence.
    if (extension().diverges() && extension().compares()) {
      assertNotEquals(plain, other, "it does not ask the divergence for scores");
    } else {
      assertEquals(plain, other, "it has scores of divergences, and does not say so");
    }
  }

  @Test
  void theSamePairsCostTheSame() throws Exception {
    ScoredPairs pairs = moved(DType.F32, PAIRS, 3);
    ManyThreads.agree(() -> judged(pairs));
  }

  @Test
  void canonicalFormIsTheSameEachTime() {
    // A resumed run is known by it.
    assertEquals(extension().canonical(), extension().canonical());
  }
}
