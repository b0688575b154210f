package dev.lora4j.core.train.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Means of products, against matrices that are formed whole. */
class ProductMeanTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final ProductMean MEAN = new ProductMean(SCOPE);

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static double[] noise(long seed, int count, double size) {
    SeededNoise noise = SeededNoise.of(seed);
    double[] values = new double[count];
    Arrays.setAll(values, i -> size * noise.gaussian());
    return values;
  }

  private static ProductMean.Pair pair(double[] down, double[] up, int rank) {
    return new ProductMean.Pair(
        HostTensor.of(DType.F64, Shape.of(rank, down.length / rank), down),
        HostTensor.of(DType.F64, Shape.of(up.length / rank, rank), up));
  }

  /** Pairs that have gone apart from one, each by another way of some length. */
  private static List<ProductMean.Pair> apart(
      int count, int out, int rest, int rank, double up, double way) {
    double[] down = noise(1, rank * rest, 1);
    double[] first = noise(2, out * rank, up);
    List<ProductMean.Pair> all = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      double[] more = noise(10 + p, down.length, way);
      double[] other = noise(20 + p, first.length, way);
      double[] own = new double[down.length];
      double[] columns = new double[first.length];
      Arrays.setAll(own, i -> down[i] + more[i]);
      Arrays.setAll(columns, i -> first[i] + other[i]);
      all.add(pair(own, columns, rank));
    }
    return all;
  }

  private static double[] product(ProductMean.Pair pair) {
    int rank = (int) pair.down().shape().size(0);
    int rest = (int) pair.down().shape().size(1);
    int out = (int) pair.up().shape().size(0);
    double[] down = pair.down().doubles();
    double[] up = pair.up().doubles();
    double[] whole = new double[out * rest];
    for (int o = 0; o < out; o++) {
      for (int r = 0; r < rank; r++) {
        for (int i = 0; i < rest; i++) {
          whole[o * rest + i] += up[o * rank + r] * down[r * rest + i];
        }
      }
    }
    return whole;
  }

  private static double[] mean(List<ProductMean.Pair> pairs, double[] shares) {
    double[] sum = new double[0];
    for (int p = 0; p < pairs.size(); p++) {
      double[] one = product(pairs.get(p));
      sum = p == 0 ? new double[one.length] : sum;
      for (int i = 0; i < one.length; i++) {
        sum[i] += shares[p] * one[i];
      }
    }
    return sum;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  /** The product of the means, as federated averaging of factors has it. */
  private static ProductMean.Pair means(List<ProductMean.Pair> pairs, double[] shares) {
    double[] down = new double[pairs.get(0).down().doubles().length];
    double[] up = new double[pairs.get(0).up().doubles().length];
    for (int p = 0; p < pairs.size(); p++) {
      double[] rows = pairs.get(p).down().doubles();
      double[] columns = pairs.get(p).up().doubles();
      double share = shares[p];
      Arrays.setAll(down, i -> down[i] + share * rows[i]);
      Arrays.setAll(up, i -> up[i] + share * columns[i]);
    }
    return pair(down, up, (int) pairs.get(0).down().shape().size(0));
  }

  /** The distance of a matrix from the nearest one of a rank: the root of its last squares. */
  private static double least(double[] whole, int out, int rank) {
    try (Scope work = SCOPE.child("svd")) {
      Graph graph = new Graph();
      Shape shape = Shape.of(out, whole.length / out);
      Expr x = graph.input("x", DType.F64, shape);
      double[] values =
          HostTensor.of(
                  graph
                      .inference(work, List.of(x.singularValues()))
                      .run(work, HostTensor.of(DType.F64, shape, whole).on(work))
                      .get(0))
              .doubles();
      double sum = 0;
      for (int i = rank; i < values.length; i++) {
        sum += values[i] * values[i];
      }
      return Math.sqrt(sum);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 6, 9, 2, 1, 0.3",
    "3, 9, 6, 4, 1, 0.5",
    "4, 5, 7, 4, 0.01, 0.01",
    "2, 3, 12, 4, 1, 0.2",
    "3, 12, 3, 4, 1, 0.2",
    "10, 20, 30, 8, 0, 0.02",
  })
  void isTheNearestOfItsRank(int count, int out, int rest, int rank, double up, double way) {
    List<ProductMean.Pair> pairs = apart(count, out, rest, rank, up, way);
    double[] shares = new double[count];
    Arrays.fill(shares, 0.5 / (count - 1));
    shares[0] = 0.5;
    double[] whole = mean(pairs, shares);
    double length = distance(whole, new double[whole.length]);
    ProductMean.Pair found = MEAN.of(pairs, shares);
    double nearest = least(whole, out, rank);
    assertEquals(nearest, distance(whole, product(found)), 1e-9 * length);
    double factors = distance(whole, product(means(pairs, shares)));
    assertTrue(nearest <= factors + 1e-9 * length, nearest + " against " + factors);
  }

  /** Where the ways are short, so is the turn from the mean of the factors: by their square. */
  @Test
  void isNearTheMeanOfTheFactors() {
    double[] shares = {0.5, 0.5};
    double last = 0;
    for (double way : new double[] {0.1, 0.01, 0.001}) {
      List<ProductMean.Pair> pairs = apart(2, 12, 16, 3, 1, way);
      ProductMean.Pair found = MEAN.of(pairs, shares);
      ProductMean.Pair means = means(pairs, shares);
      double turned = distance(means.down().doubles(), found.down().doubles());
      turned += distance(means.up().doubles(), found.up().doubles());
      assertTrue(turned < 40 * way * way, way + ": " + turned);
      assertTrue(last == 0 || turned < last / 50, last + " before " + turned);
      last = turned;
    }
  }

  @Test
  void meanOfTheSameIsTheSame() {
    ProductMean.Pair one = apart(1, 7, 5, 3, 0.1, 0.1).get(0);
    ProductMean.Pair found = MEAN.of(List.of(one, one, one), new double[] {0.25, 0.25, 0.5});
    assertArrayEquals(one.down().doubles(), found.down().doubles(), 1e-12);
    assertArrayEquals(one.up().doubles(), found.up().doubles(), 1e-12);
  }

  /** Before the first change of an up there is no product to take directions from. */
  @Test
  void downsStayWhileUpsAreZero() {
    double[] down = noise(1, 3 * 8, 1);
    ProductMean.Pair one = pair(down, new double[6 * 3], 3);
    ProductMean.Pair found = MEAN.of(List.of(one, one), new double[] {0.5, 0.5});
    assertArrayEquals(down, found.down().doubles(), 1e-12);
    assertArrayEquals(new double[18], found.up().doubles());
  }

  /** One direction of the rank alone has learned something; the others are there to learn. */
  @Test
  void directionsWithoutUpStay() {
    double[] down = noise(1, 3 * 8, 1);
    double[] up = new double[6 * 3];
    for (int o = 0; o < 6; o++) {
      up[o * 3] = o + 1;
    }
    List<ProductMean.Pair> pairs = List.of(pair(down, up, 3), pair(down, up, 3));
    ProductMean.Pair found = MEAN.of(pairs, new double[] {0.5, 0.5});
    assertArrayEquals(down, found.down().doubles(), 1e-9);
    assertArrayEquals(up, found.up().doubles(), 1e-9);
  }

  /** A direction that the mean down hardly has does not make a huge up of it. */
  @Test
  void noFactorGrowsWithoutBound() {
    int rank = 2;
    double[] down = {1, 0, 0, 0, 0, 1, 0, 0};
    double[] other = {1, 0, 0, 0, 0, -1, 1e-9, 0};
    double[] up = {1, 0, 0, 1, 0, 0};
    double[] less = {1, 0, 0, -1, 0, 0};
    List<ProductMean.Pair> pairs = List.of(pair(down, up, rank), pair(other, less, rank));
    double[] shares = {0.5, 0.5};
    ProductMean.Pair found = MEAN.of(pairs, shares);
    assertArrayEquals(mean(pairs, shares), product(found), 1e-9);
    double most = Arrays.stream(found.up().doubles()).map(Math::abs).max().orElse(0);
    assertTrue(most < 30, Arrays.toString(found.up().doubles()));
  }

  @Test
  void upsStayWhereDownsAreZero() {
    double[] up = noise(3, 6 * 3, 1);
    ProductMean.Pair one = pair(new double[3 * 8], up, 3);
    ProductMean.Pair found = MEAN.of(List.of(one, one), new double[] {0.5, 0.5});
    assertArrayEquals(new double[24], found.down().doubles());
    assertArrayEquals(up, found.up().doubles(), 1e-15);
  }
}
