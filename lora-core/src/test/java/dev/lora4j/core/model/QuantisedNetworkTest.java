package dev.lora4j.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.quantised.Fp8;
import dev.lora4j.core.quantised.Int8;
import dev.lora4j.core.quantised.Nf4;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A network on weights in few bits: as on their numbers, from memory and from the cache. */
class QuantisedNetworkTest {
  private static final Engine ENGINE = Engine.open();
  private static final int WIDTH = 96;

  @TempDir private Path folder;
  private final Scope scope = ENGINE.scope("quantised");

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<Quantisation> quantisations() {
    return Stream.of(new Nf4(64, true), new Nf4(128, false), new Int8(), new Fp8());
  }

  private static Expr stage(Weights at, Expr x) {
    return at.linear("second", at.linear("first", x, WIDTH).gelu(), 5);
  }

  private static Network.Staging staging() {
    return (graph, weights) ->
        List.of(
            stage(
                weights.apply(SiteAdapters.NONE),
                graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH))));
  }

  private static List<Parameter> parameters() {
    return Network.parameters(DType.F32, staging());
  }

  private Path file(float strange) {
    SplittableRandom random = new SplittableRandom(6);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : parameters()) {
      float[] values = new float[(int) parameter.shape().elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() * 0.2f;
      }
      if (parameter.name().equals("first.weight")) {
        values[7] = strange;
      }
      HostTensor tensor = HostTensor.of(parameter.shape(), values);
      writer.add(parameter.name(), DType.F32, parameter.shape(), tensor.bytes());
    }
    Path file = folder.resolve("model.safetensors");
    writer.write(file);
    return file;
  }

  private ConvertedWeights conversion(long limit) {
    return new ConvertedWeights(
        DType.F32,
        () -> "content",
        new ConversionCache(folder.resolve("cache"), limit),
        limit == 0 ? Long.MAX_VALUE : 4);
  }

  private WeightStore load(Path file, ConvertedWeights conversion) {
    try (TensorStore store = TensorStore.open(file)) {
      return conversion.load(
          scope, "net", parameters(), StoredTensors.of(store), StoredWeight.all(store.tensors()));
    }
  }

  private WeightStore load(Path file, Quantisation how, long limit) {
    return load(file, conversion(limit).quantised(how, (network, parameter) -> true));
  }

  private float[] run(Network network, WeightStore weights, Map<String, Tensor> patched) {
    SplittableRandom random = new SplittableRandom(8);
    float[] x = new float[3 * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    Map<String, Tensor> data = Map.of("x", Tensor.of(scope, Shape.of(3, WIDTH), x));
    return network
        .run(scope, network.hold(scope, weights, patched, Map.of()), data)
        .get(0)
        .floats();
  }

  private WeightStore numbers(WeightStore weights) {
    Map<String, Tensor> all = new HashMap<>();
    parameters().forEach(p -> all.put(p.name(), weights.numbers(scope, p.name())));
    return WeightStore.quantised("numbers", DType.F32, all, Map.of(), Map.of());
  }

  /** Six layers of one shape and one of another, all of them quantised. */
  private static final Network.Staging MANY =
      (graph, weights) -> {
        Weights at = weights.apply(SiteAdapters.NONE);
        Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
        for (int i = 0; i < 6; i++) {
          x = at.linear("same" + i, x, WIDTH);
        }
        return List.of(at.linear("other", x, 2 * WIDTH));
      };

  private static float value(String name) {
    return Math.floorMod(name.hashCode(), 7) * 0.01f + 0.005f;
  }

  private WeightStore many() {
    List<Parameter> wanted = Network.parameters(DType.F32, MANY);
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Parameter parameter : wanted) {
      float[] values = new float[(int) parameter.shape().elements()];
      Arrays.fill(values, value(parameter.name()));
      HostTensor tensor = HostTensor.of(parameter.shape(), values);
      writer.add(parameter.name(), DType.F32, parameter.shape(), tensor.bytes());
    }
    Path file = folder.resolve("many.safetensors");
    writer.write(file);
    ConvertedWeights rounded =
        conversion(0).quantised(new Nf4(64, true), (network, parameter) -> true);
    try (TensorStore store = TensorStore.open(file)) {
      Map<String, StoredWeight> places = StoredWeight.all(store.tensors());
      return rounded.load(scope, "net", wanted, StoredTensors.of(store), places);
    }
  }

  /** Weights of one form and shape share what makes their numbers. */
  @Test
  void numbersOfAKnownKindOfWeightCompileNothing() {
    WeightStore weights = many();
    assertEquals(7, weights.forms().size());
    long before = ENGINE.compiled();
    for (int round = 0; round < 2; round++) {
      for (String name : weights.forms().keySet()) {
        try (Scope work = scope.child("numbers")) {
          float[] found = weights.numbers(work, name).floats();
          assertEquals(value(name), found[5], value(name) * 0.02f, name);
        }
      }
    }
    assertEquals(before + 2, ENGINE.compiled());
  }

  /** Each choice of merged layers has a program; few are kept, and none is closed in use. */
  @Test
  void programsOfMergedLayersAreFewAndStayWhileTheyAreHeld() {
    WeightStore weights = many();
    Network network = Network.compile(scope, "net", DType.F32, weights.forms(), MANY);
    List<Map<String, Tensor>> choices =
        IntStream.range(0, 6)
            .mapToObj(i -> "same" + i + ".weight")
            .map(name -> Map.of(name, weights.numbers(scope, name)))
            .toList();
    try (Scope used = scope.child("used")) {
      HeldInputs held = network.hold(used, weights, choices.get(0), Map.of());
      float[] expected = run(network, held);
      long compiled = ENGINE.compiled();
      long first = held(network, weights, choices.get(1));
      for (int round = 0; round < 2; round++) {
        choices.forEach(choice -> held(network, weights, choice));
      }
      // Of six programs four are kept, so that some were compiled once more.
      assertTrue(ENGINE.compiled() - compiled > 5, "" + (ENGINE.compiled() - compiled));
      assertTrue(ENGINE.live() <= first + 2, ENGINE.live() + " of " + first);
      assertArrayEquals(expected, run(network, held));
      long again = ENGINE.compiled();
      held(network, weights, choices.get(0));
      held(network, weights, choices.get(5));
      held(network, weights, Map.of());
      assertEquals(again, ENGINE.compiled());
    }
  }

  /** What is left in the native library after inputs were held and closed. */
  private long held(Network network, WeightStore weights, Map<String, Tensor> merged) {
    try (Scope work = scope.child("held")) {
      network.hold(work, weights, merged, Map.of());
    }
    return ENGINE.live();
  }

  private float[] run(Network network, HeldInputs held) {
    try (Scope work = scope.child("run")) {
      float[] x = new float[WIDTH];
      Arrays.fill(x, 0.25f);
      Map<String, Tensor> data = Map.of("x", Tensor.of(work, Shape.of(1, WIDTH), x));
      return network.run(work, held, data).get(0).floats();
    }
  }

  @ParameterizedTest
  @MethodSource("quantisations")
  void resultsAreThoseOfTheNumbers(Quantisation how) {
    Path file = file(0.1f);
    WeightStore packed = load(file, how, 0);
    // The second is too small, and biases are no matrices.
    assertEquals(Map.of("first.weight", how.form()), packed.forms());
    WeightStore plain = numbers(packed);
    Network network = Network.compile(scope, "net", DType.F32, staging());
    assertArrayEquals(run(network, plain, Map.of()), run(network, packed, Map.of()));
    assertNotEquals(
        run(network, load(file, conversion(0)), Map.of())[0], run(network, packed, Map.of())[0]);
  }

  @Test
  void mergedWeightsTakeThePlaceOfQuantisedOnes() {
    WeightStore packed = load(file(0.1f), new Nf4(64, true), 0);
    Network network = Network.compile(scope, "net", DType.F32, packed.forms(), staging());
    float[] values = new float[WIDTH * WIDTH];
    values[0] = 1;
    Tensor merged = Tensor.of(scope, Shape.of(WIDTH, WIDTH), values);
    Map<String, Tensor> patched = Map.of("first.weight", merged);
    assertArrayEquals(run(network, numbers(packed), patched), run(network, packed, patched));
    assertArrayEquals(
        run(network, numbers(packed), Map.of()), run(network, packed, Map.of()), "and back");
  }

  @ParameterizedTest
  @MethodSource("quantisations")
  void theCacheHasTheSameBits(Quantisation how) throws Exception {
    Path file = file(0.1f);
    long limit = 1L << 30;
    WeightStore memory = load(file, how, 0);
    WeightStore written = load(file, how, limit);
    List<Path> entries;
    try (Stream<Path> found = Files.list(folder.resolve("cache"))) {
      entries = found.toList();
    }
    assertEquals(1, entries.size());
    Network network = Network.compile(scope, "net", DType.F32, memory.forms(), staging());
    assertArrayEquals(run(network, memory, Map.of()), run(network, written, Map.of()));
    assertTrue(Files.size(entries.get(0)) < WIDTH * WIDTH * 4 / 3, "fewer bytes");
    // What was cut short, or is another program's, is written again.
    byte[] whole = Files.readAllBytes(entries.get(0));
    Files.write(entries.get(0), Arrays.copyOf(whole, whole.length - 9));
    assertArrayEquals(
        run(network, memory, Map.of()), run(network, load(file, how, limit), Map.of()));
    assertArrayEquals(whole, Files.readAllBytes(entries.get(0)));
  }

  @Test
  void aUseOfBitsThatThereAreNotIsTold() {
    Path file = file(0.1f);
    for (StoredBits use : StoredBits.values()) {
      BasePrecision precision = BasePrecision.in(DType.F32).with(use);
      ConvertedWeights conversion =
          ConvertedWeights.of(precision, List.of(file), (network, parameter) -> true);
      load(file, conversion);
      String notes = conversion.notes().toString();
      assertEquals(use != StoredBits.USUAL, notes.contains("no weights in few bits"), notes);
    }
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() {
    Path file = file(Float.NaN);
    String message =
        assertThrows(TensorException.class, () -> load(file, new Nf4(64, true), 0)).getMessage();
    assertTrue(message.contains("The weight first.weight of " + file), message);
    assertTrue(message.contains("NaN, which cannot be rounded to nf4"), message);
  }

  @Test
  void aRoundingThatChangesNothingIsTold() {
    ConvertedWeights none =
        conversion(0)
            .quantised(
                new Int8(), (network, parameter) -> !parameter.name().equals("first.weight"));
    assertTrue(load(file(0.1f), none).forms().isEmpty());
    assertTrue(none.notes().get(0).contains("none was rounded to int8"), none.notes().toString());
    ConvertedWeights other = conversion(0).quantised(new Int8(), (network, parameter) -> false);
    assertTrue(load(file(0.1f), other).forms().isEmpty());
    assertTrue(other.notes().isEmpty(), "of networks that stay as they are");
  }
}
