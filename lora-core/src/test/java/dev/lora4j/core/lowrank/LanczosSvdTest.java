package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.lowrank.LanczosSvd.Found;
import dev.lora4j.core.lowrank.RankRule.Kind;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside matrices whose directions are known. */
class LanczosSvdTest {
  private static final int SIZE = 1024;

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("leading");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  static Stream<Arguments> spectra() {
    return Stream.of(
        spectrum("falling", k -> Math.pow(0.8, k)),
        spectrum("falling slowly", k -> Math.pow(0.95, k)),
        spectrum("many alike, more than a block has", k -> k < 90 ? 1 : 0.01),
        spectrum("all alike", k -> 3),
        spectrum("of rank three", k -> k < 3 ? 3 - k : 0),
        spectrum("of very different sizes", k -> Math.pow(10, -k)),
        spectrum("nearly alike", k -> 1 - k * 1e-6),
        spectrum("nothing", k -> 0));
  }

  private static Arguments spectrum(String name, IntToDoubleFunction values) {
    return Arguments.of(name, values);
  }

  /**
   * As near as the whole decomposition comes: what is lost, and so what is stored, differs by less
   * than the half of a millionth and than what F32 rounds.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("spectra")
  void truncationErrorIsTheLeastPossible(String name, IntToDoubleFunction values) {
    int count = 12;
    float[] matrix = flat(known(values));
    double[] exact = IntStream.range(0, SIZE).mapToDouble(values).toArray();
    double all = squares(exact, 0, SIZE);
    double least = squares(exact, count, SIZE);
    try (Scope work = scope.child("test")) {
      Tensor given = Tensor.of(work, Shape.of(SIZE, SIZE), matrix);
      Found found = new LanczosSvd(work).of(work, given, count).orElseThrow();
      double[] squares = HostTensor.of(found.squares()).doubles();
      double[] flat = HostTensor.of(found.vectors()).doubles();
      assertEquals(count, squares.length);
      assertEquals(all, found.all(), 1e-6 * all);
      double lost = found.all() - IntStream.range(0, count).mapToDouble(k -> squares[k]).sum();
      // What F32 rounds of the matrix changes what is lost as well.
      double rounded = 3e-7 * Math.sqrt(all * least) + 1e-12 * all;
      assertTrue(lost <= least * (1 + LanczosSvd.EXCESS) + rounded, name + ": " + lost);
      for (int k = 0; k < count; k++) {
        double[] vector = column(flat, k, count);
        for (int other = 0; other <= k; other++) {
          double along = KnownMatrix.dot(vector, column(flat, other, count));
          assertEquals(other == k ? 1 : 0, along, 1e-10);
        }
      }
    }
  }

  /** Where values differ, each is found with its vector, the small ones beside the great ones. */
  @Test
  void valuesThatDifferAreFoundWithTheirVectors() {
    int count = 12;
    double[][] matrix = known(k -> Math.pow(0.7, k));
    try (Scope work = scope.child("test")) {
      Tensor given = Tensor.of(work, Shape.of(SIZE, SIZE), flat(matrix));
      Found found = new LanczosSvd(work).of(work, given, count).orElseThrow();
      double[] squares = HostTensor.of(found.squares()).doubles();
      double[] flat = HostTensor.of(found.vectors()).doubles();
      for (int k = 0; k < count; k++) {
        double expected = Math.pow(0.7, k);
        assertEquals(expected, Math.sqrt(squares[k]), 1e-5 * expected + 1e-6);
        double[] vector = column(flat, k, count);
        double missed = 0;
        for (int row = 0; row < SIZE; row++) {
          missed += Math.pow(KnownMatrix.dot(matrix[row], vector) - expected * vector[row], 2);
        }
        assertTrue(Math.sqrt(missed) <= 1e-5, k + " misses by " + Math.sqrt(missed));
      }
    }
  }

  /** Squares of the first would be nothing in F32, and those of the last infinite. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-28, 1e-10, 1e10, 1e28})
  void smallAndGreatMatricesAreFound(double scale) {
    try (Scope work = scope.child("test")) {
      Tensor given =
          Tensor.of(work, Shape.of(SIZE, SIZE), flat(known(k -> scale * (k < 4 ? 4 - k : 0.01))));
      Found found = new LanczosSvd(work).of(work, given, 4).orElseThrow();
      double[] squares = HostTensor.of(found.squares()).doubles();
      for (int k = 0; k < 4; k++) {
        assertEquals(4 - k, Math.sqrt(squares[k]) / scale, 1e-4);
      }
    }
  }

  @Test
  void theSameMatrixGivesTheSameBits() {
    float[] matrix = flat(known(k -> 1.0 / (1 + k)));
    try (Scope work = scope.child("test")) {
      Tensor given = Tensor.of(work, Shape.of(SIZE, SIZE), matrix);
      Found one = new LanczosSvd(work).of(work, given, 8).orElseThrow();
      Found other = new LanczosSvd(work).of(work, given, 8).orElseThrow();
      assertEquals(HostTensor.of(one.squares()), HostTensor.of(other.squares()));
      assertEquals(HostTensor.of(one.vectors()), HostTensor.of(other.vectors()));
    }
  }

  @Test
  void nanGivesNoDecomposition() {
    float[] matrix = flat(known(k -> 1));
    matrix[3 * SIZE + 4] = Float.NaN;
    try (Scope work = scope.child("test")) {
      Tensor given = Tensor.of(work, Shape.of(SIZE, SIZE), matrix);
      assertTrue(new LanczosSvd(work).of(work, given, 12).isEmpty());
    }
  }

  @Test
  void searchFreesItsTensors() {
    double[][] matrix = known(k -> Math.pow(0.8, k));
    LanczosSvd leading = new LanczosSvd(scope);
    try (Scope work = scope.child("test")) {
      Tensor tensor = Tensor.of(work, Shape.of(SIZE, SIZE), flat(matrix));
      leading.of(work, tensor, 12);
      long before = engine.live();
      leading.of(work, tensor, 12);
      assertEquals(before + 2, engine.live());
    }
  }

  @Test
  void lanczosIsUsedForFewOfManyDirections() {
    assertTrue(LanczosSvd.few(8, 320));
    assertTrue(LanczosSvd.few(40, 320));
    assertTrue(LanczosSvd.few(128, 1280));
    assertFalse(LanczosSvd.few(1, 127));
    assertFalse(LanczosSvd.few(41, 320));
    assertFalse(LanczosSvd.few(Integer.MAX_VALUE, 100_000));
  }

  /**
   * A large change is cut to what is known to be the nearest of that rank, and told what is lost.
   */
  @ParameterizedTest
  @CsvSource({"1024, 1100", "1100, 1024"})
  void aLargeChangeIsCutToTheNearest(int out, int rest) {
    int rank = 6;
    IntToDoubleFunction values = k -> 1.0 / (1 + k);
    Dense nearest =
        new Dense(KnownMatrix.of(out, rest, 2, 3, k -> k < rank ? values.applyAsDouble(k) : 0));
    Spectrum known = new Spectrum(IntStream.range(0, SIZE).mapToDouble(values).toArray());
    Site site = Site.linear("unet.large", Shape.of(out, rest), false);
    try (Scope work = scope.child("test")) {
      Tensor matrix = Tensor.of(work, site.weight(), flat(KnownMatrix.of(out, rest, 2, 3, values)));
      ComputedFactors computed = new ComputedFactors(work, DType.F32);
      ComputedFactors.Cut cut = computed.cut(work, site, matrix, RankRule.fixed(rank));
      assertEquals(0, nearest.apart(Dense.of(site, cut.factors())), 1e-6);
      assertEquals(rank, cut.truncation().rank());
      assertEquals(known.lost(rank), cut.truncation().spectrum().lost(rank), 1e-6);
      assertEquals(rank, cut.truncation().spectrum().values().length, "it was not searched for");
      for (RankRule rule :
          List.of(
              RankRule.dynamic(Kind.SV_RATIO, 3.5),
              RankRule.dynamic(Kind.SV_FRO, 0.9),
              RankRule.dynamic(Kind.SV_CUMULATIVE, 0.25),
              RankRule.dynamic(Kind.PRESENT, 0))) {
        RankRule limited = rule.atMost(rank);
        int expected = limited.rank(known);
        ComputedFactors.Cut dynamic = computed.cut(work, site, matrix, limited);
        assertEquals(expected, dynamic.truncation().rank(), rule.toString());
        assertEquals(known.lost(expected), dynamic.truncation().spectrum().lost(expected), 1e-6);
      }
    }
  }

  private static double squares(double[] values, int from, int to) {
    return IntStream.range(from, to).mapToDouble(k -> values[k] * values[k]).sum();
  }

  private static double[][] known(IntToDoubleFunction values) {
    return KnownMatrix.of(SIZE, SIZE, 1, 1, values);
  }

  private static float[] flat(double[]... matrix) {
    float[] flat = new float[matrix.length * matrix[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) matrix[i / matrix[0].length][i % matrix[0].length];
    }
    return flat;
  }

  private static double[] column(double[] flat, int k, int count) {
    double[] column = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      column[i] = flat[i * count + k];
    }
    return column;
  }
}
