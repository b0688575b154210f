package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeededNumbersTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** The vectors that the generator's authors publish: counter, key, words (Random123 1.14). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1"
      })
  void givesThePublishedWords(String vector) {
    long[] words = Arrays.stream(vector.split(" ")).mapToLong(w -> Long.parseLong(w, 16)).toArray();
    long[] expected = Arrays.copyOfRange(words, 6, 10);
    assertArrayEquals(expected, philox(Arrays.copyOf(words, 4), words[4], words[5]));
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      List<Expr> in =
          IntStream.range(0, 6).mapToObj(i -> graph.input("w" + i, DType.I64, Shape.of())).toList();
      List<Expr> out = Philox.words(in.subList(0, 4), in.get(4), in.get(5));
      Program program = graph.inference(scope, out);
      Tensor[] inputs =
          LongStream.of(words)
              .limit(6)
              .mapToObj(w -> Tensor.ofLongs(scope, Shape.of(), w))
              .toArray(Tensor[]::new);
      long[] found = program.run(scope, inputs).stream().mapToLong(t -> t.longs()[0]).toArray();
      assertArrayEquals(expected, found);
    }
  }

  /** The generator in a few lines of Java, for any counter. */
  private static long[] philox(long[] counter, long low, long high) {
    long[] x = counter.clone();
    long mask = 0xFFFFFFFFL;
    for (int round = 0; round < 10; round++) {
      long a = 0xD2511F53L * x[0];
      long b = 0xCD9E8D57L * x[2];
      x = new long[] {(b >>> 32) ^ x[1] ^ low, b & mask, (a >>> 32) ^ x[3] ^ high, a & mask};
      low = (low + 0x9E3779B9L) & mask;
      high = (high + 0xBB67AE85L) & mask;
    }
    return x;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, 0x123456789ABCDEFL})
  void wordsAreThoseOfTheDocumentedCounters(long seed) {
    long[] rows = {0, 3, -2, Long.MAX_VALUE};
    long[] found = words(seed, 7, rows, 2, 5);
    long[] expected =
        LongStream.of(rows)
            .flatMap(row -> IntStream.range(0, 10).mapToLong(i -> word(seed, 7, row, i)))
            .toArray();
    assertArrayEquals(expected, found);
  }

  private static long word(long seed, long stream, long row, int i) {
    long[] counter = {i / 4, stream, row & 0xFFFFFFFFL, row >>> 32};
    return philox(counter, seed & 0xFFFFFFFFL, seed >>> 32)[i % 4];
  }

  private static long[] words(long seed, long stream, long[] rows, long... rest) {
    try (Scope scope = ENGINE.scope("test")) {
      return draw(scope, seed, rows, (n, x) -> n.stream(stream).words(dims(rest))).longs();
    }
  }

  private static Dim[] dims(long... sizes) {
    return LongStream.of(sizes).mapToObj(Dim::of).toArray(Dim[]::new);
  }

  /** Runs a draw whose program knows neither how many rows there are nor the size of {@code x}. */
  private static Tensor draw(
      Scope scope, long seed, long[] rows, BiFunction<SeededNumbers, Expr, Expr> draw) {
    Graph graph = new Graph();
    Expr s = graph.input("seed", DType.I64, Shape.of());
    Expr r = graph.input("rows", DType.I64, Shape.of(Shape.UNKNOWN));
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, 3));
    Program program = graph.inference(scope, List.of(draw.apply(SeededNumbers.of(s, r), x)));
    float[] ones = new float[rows.length * 5 * 3];
    Arrays.fill(ones, 1);
    return program
        .run(
            scope,
            Tensor.ofLongs(scope, Shape.of(), seed),
            Tensor.ofLongs(scope, Shape.of(rows.length), rows),
            Tensor.of(scope, Shape.of(rows.length, 5, 3), ones))
        .get(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void aBatchMayBeCutAnywhere(DType type) {
    try (Scope scope = ENGINE.scope("test")) {
      List<BiFunction<SeededNumbers, Expr, Expr>> draws =
          List.of(
              (n, x) -> n.uniform(type, x.dim(1), Dim.of(3)),
              (n, x) -> n.normal(type, x.dim(1), Dim.of(3)),
              (n, x) -> n.bernoulli(0.3, x.dim(1)),
              (n, x) -> n.dropout(x.to(type), 0.4));
      for (BiFunction<SeededNumbers, Expr, Expr> draw : draws) {
        HostTensor all = HostTensor.of(draw(scope, 11, new long[] {0, 1, 2, 3, 4}, draw));
        HostTensor first = HostTensor.of(draw(scope, 11, new long[] {0, 1}, draw));
        HostTensor rest = HostTensor.of(draw(scope, 11, new long[] {2, 3, 4}, draw));
        byte[] joined = new byte[all.bytes().remaining()];
        int cut = first.bytes().remaining();
        first.bytes().get(joined, 0, cut);
        rest.bytes().get(joined, cut, joined.length - cut);
        byte[] whole = new byte[joined.length];
        all.bytes().get(whole);
        assertArrayEquals(whole, joined);
      }
    }
  }

  @Test
  void seedsRowsAndStreamsAreIndependent() {
    long[] rows = {1, 2};
    long[] base = words(5, 0, rows, 1000);
    assertArrayEquals(base, words(5, 0, rows, 1000));
    long[] other = words(6, 0, rows, 1000);
    long[] stream = words(5, 1, rows, 1000);
    for (long[] b : List.of(other, stream, Arrays.copyOfRange(base, 1000, 2000))) {
      long equal = IntStream.range(0, b.length).filter(i -> b[i] == base[i]).count();
      assertEquals(0, equal);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void uniformNumbersFillTheirRangeEvenly(DType type) {
    double[] x = numbers((n, e) -> n.uniform(type, Dim.of(100_000)));
    double least = Arrays.stream(x).min().orElseThrow();
    double greatest = Arrays.stream(x).max().orElseThrow();
    assertTrue(least >= 0 && greatest < 1, least + " to " + greatest);
    int[] bins = new int[64];
    for (double v : x) {
      bins[(int) (v * 64)]++;
    }
    assertEvenly(bins, x.length);
    for (int lag = 1; lag <= 8; lag++) {
      assertEquals(0, correlation(x, lag), 5 / Math.sqrt(x.length), "at a distance of " + lag);
    }
  }

  /** Chi squared of 63 degrees of freedom is above 126 once in 300,000 times. */
  private static void assertEvenly(int[] bins, int count) {
    double expected = count / (double) bins.length;
    double chi = IntStream.of(bins).mapToDouble(n -> (n - expected) * (n - expected)).sum();
    assertTrue(chi / expected < 126, "chi squared is " + chi / expected);
  }

  private static double correlation(double[] x, int lag) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum();
    return IntStream.range(lag, x.length)
            .mapToDouble(i -> (x[i] - mean) * (x[i - lag] - mean))
            .sum()
        / variance;
  }

  private static double[] numbers(BiFunction<SeededNumbers, Expr, Expr> draw) {
    try (Scope scope = ENGINE.scope("test")) {
      long[] rows = {0, 1, 2, 3};
      return HostTensor.of(draw(scope, 20, rows, draw).to(scope, DType.F64)).doubles();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void normalNumbersHaveNormalMomentsAndTails(DType type) {
    double[] x = numbers((n, e) -> n.normal(type, Dim.of(100_001)));
    double root = Math.sqrt(x.length);
    // Standard errors of the moments 1 to 4 of n normal numbers: 1, sqrt 2, sqrt 15, sqrt 96.
    assertEquals(0, moment(x, 1), 5 / root);
    assertEquals(1, moment(x, 2), 5 * Math.sqrt(2) / root + 1e-5);
    assertEquals(0, moment(x, 3), 5 * Math.sqrt(15) / root);
    assertEquals(3, moment(x, 4), 5 * Math.sqrt(96) / root + 1e-4);
    double beyond2 = Arrays.stream(x).filter(v -> Math.abs(v) > 2.0048828125).count();
    assertEquals(0.044976, beyond2 / x.length, 5 * Math.sqrt(0.045) / root + 0.0005);
    assertTrue(Arrays.stream(x).anyMatch(v -> Math.abs(v) > 4));
    assertEquals(0, correlation(x, 1), 5 / root);
    assertEquals(0, correlation(x, 2), 5 / root);
    // Both numbers of a pair have one radius; their squares must not betray it.
    double[] squares = Arrays.stream(x).map(v -> v * v).toArray();
    assertEquals(0, correlation(squares, 1), 5 / root);
  }

  private static double moment(double[] x, int power) {
    return Arrays.stream(x).map(v -> Math.pow(v, power)).average().orElseThrow();
  }

  @Test
  void normalNumbersAreBoxMullerOfTheWords() {
    double[] x = numbers((n, e) -> n.normal(DType.F32, Dim.of(6)));
    for (int i = 0; i < 6; i++) {
      double radius = (word(20, 0, 0, i / 2 * 2) + 0.5) / 0x1p32;
      double angle = 2 * Math.PI * word(20, 0, 0, i / 2 * 2 + 1) / 0x1p32;
      double length = Math.sqrt(-2 * Math.log(radius));
      double expected = length * (i % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
      assertEquals(expected, x[i], 1e-6);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.5, 0.9, 1})
  void bernoulliHoldsWithItsProbability(double p) {
    double[] x = numbers((n, e) -> n.bernoulli(p, Dim.of(50_000)).to(DType.F32));
    double error = 5 * Math.sqrt(p * (1 - p) / x.length);
    assertEquals(p, Arrays.stream(x).average().orElseThrow(), error);
  }

  @Test
  void dropoutKeepsTheMeanAndMasksGradientsAlike() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr seed = graph.input("seed", DType.I64, Shape.of());
      Expr rows = graph.input("rows", DType.I64, Shape.of(Shape.UNKNOWN));
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 10_000)).trainable();
      Expr dropped = SeededNumbers.of(seed, rows).dropout(x, 0.25);
      Expr loss = dropped.sum();
      Program program =
          graph.training(scope, List.of(dropped, graph.gradients(loss, List.of(x)).get(0)));
      float[] ones = new float[20_000];
      Arrays.fill(ones, 1);
      List<Tensor> out =
          program.run(
              scope,
              Tensor.ofLongs(scope, Shape.of(), 3),
              Tensor.ofLongs(scope, Shape.of(2), 8, 9),
              Tensor.of(scope, Shape.of(2, 10_000), ones));
      float[] values = out.get(0).floats();
      // Of ones, value and gradient are the same: 0 or 4/3.
      assertArrayEquals(values, out.get(1).floats());
      double sum = 0;
      for (float v : values) {
        assertTrue(v == 0 || Math.abs(v - 4 / 3.0) < 1e-6, "found " + v);
        sum += v;
      }
      assertEquals(1, sum / values.length, 0.02);
    }
  }

  /** A checkpointed segment runs twice, and its gradient is that of the plain program. */
  @Test
  void seededNumbersRepeatInCheckpointedSegments() {
    SplittableRandom random = new SplittableRandom(4);
    float[] x = new float[12];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    assertArrayEquals(gradient(false, x), gradient(true, x));
  }

  private static float[] gradient(boolean cut, float... values) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr seed = graph.input("seed", DType.I64, Shape.of());
      Expr rows = graph.input("rows", DType.I64, Shape.of(Shape.UNKNOWN));
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 6)).trainable();
      SeededNumbers numbers = SeededNumbers.of(seed, rows);
      Expr scaled = x.mul(2);
      Supplier<List<Expr>> body =
          () -> {
            Expr noise = numbers.stream(1).normal(DType.F32, Dim.of(6));
            return List.of(numbers.dropout(scaled.mul(noise), 0.3).exp());
          };
      Expr out = (cut ? graph.checkpoint(body) : body.get()).get(0);
      Expr loss = out.mul(scaled).sum();
      Program program = graph.training(scope, graph.gradients(loss, List.of(x)));
      return program
          .run(
              scope,
              Tensor.ofLongs(scope, Shape.of(), 1),
              Tensor.ofLongs(scope, Shape.of(2), 0, 1),
              Tensor.of(scope, Shape.of(2, 6), values))
          .get(0)
          .floats();
    }
  }

  @Test
  void invalidDrawsAreRefused() {
    Graph graph = new Graph();
    Expr seed = graph.input("seed", DType.I64, Shape.of());
    Expr rows = graph.input("rows", DType.I64, Shape.of(4));
    Expr x = graph.input("x", DType.F32, Shape.of(3, 2));
    SeededNumbers numbers = SeededNumbers.of(seed, rows);
    assertThrows(TensorException.class, () -> SeededNumbers.of(rows, rows));
    assertThrows(TensorException.class, () -> SeededNumbers.of(seed, x));
    assertThrows(TensorException.class, () -> numbers.stream(-1));
    assertThrows(TensorException.class, () -> numbers.uniform(DType.I64, Dim.of(2)));
    assertThrows(TensorException.class, () -> numbers.bernoulli(1.5, Dim.of(2)));
    assertThrows(TensorException.class, () -> numbers.dropout(x, 1));
    TensorException e = assertThrows(TensorException.class, () -> numbers.dropout(x, 0.5));
    assertTrue(e.getMessage().contains("[4]") && e.getMessage().contains("[3, 2]"));
  }
}
