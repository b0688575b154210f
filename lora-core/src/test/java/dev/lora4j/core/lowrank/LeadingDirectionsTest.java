package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.lowrank.LeadingDirections.Found;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Beside matrices whose directions are known. */
class LeadingDirectionsTest {
  private static final int SIZE = 288;
  private static final double[][] VECTORS = KnownMatrix.vectors(SIZE, SIZE, 1);

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(1);
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
        spectrum("many alike, more than a block has", k -> k < 60 ? 1 : 0.01),
        spectrum("all alike", k -> 3),
        spectrum("of rank three", k -> k < 3 ? 3 - k : 0),
        spectrum("of very different sizes", k -> Math.pow(10, -k)),
        spectrum("nothing", k -> 0));
  }

  private static Arguments spectrum(String name, IntToDoubleFunction values) {
    return Arguments.of(name, values);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spectra")
  void theGreatestValuesAndTheirVectorsAreFound(String name, IntToDoubleFunction values) {
    int count = 12;
    double[][] matrix = KnownMatrix.of(VECTORS, VECTORS, SIZE, values);
    try (Scope work = scope.child("test")) {
      Found found = found(work, matrix, count).orElseThrow();
      double[] value = HostTensor.of(found.values()).doubles();
      double[] flat = HostTensor.of(found.vectors()).doubles();
      assertEquals(count, value.length);
      double greatest = values.applyAsDouble(0);
      for (int k = 0; k < count; k++) {
        double expected = values.applyAsDouble(k);
        assertEquals(expected, value[k], 1e-9 * expected + 1e-13 * greatest, name + ", " + k);
        double[] vector = column(flat, k, count);
        for (int other = 0; other <= k; other++) {
          double along = KnownMatrix.dot(vector, column(flat, other, count));
          assertEquals(other == k ? 1 : 0, along, 1e-10);
        }
        double missed = 0;
        for (int row = 0; row < SIZE; row++) {
          missed += Math.pow(KnownMatrix.dot(matrix[row], vector) - expected * vector[row], 2);
        }
        assertTrue(Math.sqrt(missed) <= 2e-9 * expected + 1e-12 * greatest, name + ", " + k);
      }
    }
  }

  @Test
  void whatDoesNotComeForthSoonerThanAllIsGivenUp() {
    double[][] matrix = KnownMatrix.of(VECTORS, VECTORS, SIZE, k -> 1 - k * 1e-6);
    try (Scope work = scope.child("test")) {
      assertTrue(found(work, matrix, 12).isEmpty());
    }
  }

  @Test
  void numbersThatAreNoneAreGivenUp() {
    double[][] matrix = KnownMatrix.of(VECTORS, VECTORS, SIZE, k -> 1);
    matrix[3][4] = Double.NaN;
    try (Scope work = scope.child("test")) {
      assertTrue(found(work, matrix, 12).isEmpty());
    }
  }

  @Test
  void nothingOfTheSearchStays() {
    double[][] matrix = KnownMatrix.of(VECTORS, VECTORS, SIZE, k -> Math.pow(0.8, k));
    LeadingDirections leading = new LeadingDirections(scope);
    try (Scope work = scope.child("test")) {
      Tensor tensor = tensor(work, matrix);
      leading.of(work, tensor, 12);
      long before = engine.live();
      leading.of(work, tensor, 12);
      assertEquals(before + 2, engine.live());
    }
  }

  @Test
  void fewOfManyAreWorthIt() {
    assertTrue(LeadingDirections.few(32, 640));
    assertTrue(LeadingDirections.few(1, 256));
    assertFalse(LeadingDirections.few(1, 255));
    assertFalse(LeadingDirections.few(64, 640));
    assertFalse(LeadingDirections.few(Integer.MAX_VALUE, 10_000));
  }

  /**
   * A large change is cut to what is known to be the nearest of that rank, and told what is lost.
   */
  @ParameterizedTest
  @CsvSource({"300, 420", "420, 300"})
  void aLargeChangeIsCutToTheNearest(int out, int rest) {
    int rank = 6;
    int all = Math.min(out, rest);
    double[][] left = KnownMatrix.vectors(all, out, 2);
    double[][] right = KnownMatrix.vectors(all, rest, 3);
    IntToDoubleFunction values = k -> 1.0 / (1 + k);
    double[][] change = KnownMatrix.of(left, right, all, values);
    Dense nearest = new Dense(KnownMatrix.of(left, right, rank, values));
    float[] flat = new float[out * rest];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) change[i / rest][i % rest];
    }
    Site site = Site.linear("unet.large", Shape.of(out, rest), false);
    try (Scope work = scope.child("test")) {
      Tensor matrix = Tensor.of(work, Shape.of(out, rest), flat);
      ComputedFactors.Cut cut =
          new ComputedFactors(work, DType.F32).cut(work, site, matrix, RankRule.fixed(rank));
      assertEquals(0, nearest.apart(Dense.of(site, cut.factors())), 1e-6);
      double lost = Math.sqrt(Arrays.stream(squares(values, rank, all)).sum());
      assertEquals(rank, cut.truncation().rank());
      assertEquals(lost, cut.truncation().spectrum().lost(rank), 1e-6);
      assertEquals(rank, cut.truncation().spectrum().values().length, "it was not searched for");
    }
  }

  private static double[] squares(IntToDoubleFunction values, int from, int to) {
    double[] squares = new double[to - from];
    for (int k = from; k < to; k++) {
      squares[k - from] = Math.pow(values.applyAsDouble(k), 2);
    }
    return squares;
  }

  private static Optional<Found> found(Scope work, double[][] matrix, int count) {
    return new LeadingDirections(work).of(work, tensor(work, matrix), count);
  }

  private static Tensor tensor(Scope work, double[][] matrix) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE * SIZE * 8).order(ByteOrder.nativeOrder());
    for (double[] row : matrix) {
      for (double value : row) {
        bytes.putDouble(value);
      }
    }
    return Tensor.of(work, DType.F64, Shape.of(SIZE, SIZE), bytes.flip());
  }

  private static double[] column(double[] flat, int k, int count) {
    double[] column = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      column[i] = flat[i * count + k];
    }
    return column;
  }
}
