package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract of {@link Quantisation} and of the {@link WeightForm} that it makes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class QuantisationContract extends ExtensionContract<Quantisation> {
  /** Shapes of matrices and kernels, some of them of no whole blocks. */
  private static final List<Shape> SHAPES =
      List.of(Shape.of(64, 128), Shape.of(37, 113), Shape.of(24, 20, 3, 3));

  private static final Shape SHAPE = Shape.of(96, 160);
  private static final double BITS_OF_HALF = 16;

  /** Relative distance of two ways to compute the same F32. */
  private static final double CLOSE = 1e-6;

  private final double error;
  private Optional<Engine> opened = Optional.empty();

  /**
   * Tests a rounding on the class path, see {@link ExtensionContract}.
   *
   * @param error the most that it is away from normally distributed numbers, as a share of their
   *     norm, for example 0.1
   */
  protected QuantisationContract(String request, double error) {
    super(Quantisation.class, request);
    this.error = error;
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private static float[] normal(Shape shape, long seed, double size) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * size);
    }
    return values;
  }

  private QuantisedWeight rounded(float[] values, Shape shape) {
    return extension().quantised(values.clone(), shape);
  }

  private static float[] numbers(QuantisedWeight weight) {
    float[] values = new float[Math.toIntExact(weight.shape().elements())];
    weight.form().numbers(weight.parts(), weight.shape(), 0, values);
    return values;
  }

  private static double distance(float[] from, float[] to) {
    double distance = 0;
    double norm = 0;
    for (int i = 0; i < from.length; i++) {
      distance += Math.pow((double) to[i] - from[i], 2);
      norm += Math.pow(from[i], 2);
    }
    return Math.sqrt(distance / norm);
  }

  @Test
  void weightHasThePartsThatItsFormDeclares() {
    for (Shape shape : SHAPES) {
      QuantisedWeight weight = rounded(normal(shape, 1, 0.02), shape);
      assertEquals(shape, weight.shape(), "shape of the weight");
      assertEquals(extension().form(), weight.form(), "form of a weight of " + shape);
      Set<String> names = new HashSet<>();
      for (WeightForm.Part part : weight.form().parts(shape)) {
        assertTrue(names.add(part.name()), part.name() + " is declared twice");
        HostTensor found = weight.part(part.name());
        assertEquals(part.dtype(), found.dtype(), part.name() + " of " + shape);
        assertEquals(part.shape(), found.shape(), part.name() + " of " + shape);
      }
      assertEquals(names, weight.parts().keySet(), "parts of " + shape);
      for (String constant : weight.form().constants().keySet()) {
        assertFalse(names.contains(constant), constant + " is a part and a constant");
      }
    }
  }

  @Test
  void weightTakesFewerBytesThanInHalfPrecision() {
    QuantisedWeight weight = rounded(normal(SHAPE, 2, 0.02), SHAPE);
    long bytes =
        weight.parts().values().stream()
            .mapToLong(t -> t.dtype().bytes(t.shape().elements()))
            .sum();
    double bits = 8.0 * bytes / SHAPE.elements();
    assertTrue(bits < BITS_OF_HALF, "a number takes " + bits + " bits");
  }

  @Test
  void numbersAreCloseToTheWeight() {
    for (double size : new double[] {1e-4, 0.02, 30}) {
      for (Shape shape : SHAPES) {
        float[] values = normal(shape, 3, size);
        double found = distance(values, numbers(rounded(values, shape)));
        assertTrue(found <= error, "numbers of size " + size + " are " + found + " away");
      }
    }
  }

  /** Rows and blocks of 0, equal numbers, and single large ones. */
  @Test
  void numbersOfAnyFiniteWeightAreFinite() {
    float[] zeros = new float[(int) SHAPE.elements()];
    for (float number : numbers(rounded(zeros, SHAPE))) {
      assertEquals(0, number, "of a weight of zeros");
    }
    float[] mixed = normal(SHAPE, 4, 0.02);
    Arrays.fill(mixed, 0, 1000, 0);
    Arrays.fill(mixed, 1000, 3000, 0.75f);
    mixed[4000] = 1e4f;
    mixed[6000] = -1e-30f;
    for (float number : numbers(rounded(mixed, SHAPE))) {
      assertTrue(Float.isFinite(number), "a number is " + number);
    }
  }

  @Test
  void roundingAgainChangesLittle() {
    float[] once = numbers(rounded(normal(SHAPE, 5, 0.02), SHAPE));
    double found = distance(once, numbers(rounded(once, SHAPE)));
    assertTrue(
        found <= error / 4, "rounding what is rounded is " + found + " away; once it is " + error);
  }

  @Test
  void theSameWeightGivesTheSameBytes() throws Exception {
    float[] values = normal(SHAPE, 6, 0.02);
    Quantisation shared = extension();
    ManyThreads.agree(() -> List.of(shared.quantised(values.clone(), SHAPE).parts()));
    assertEquals(
        rounded(values, SHAPE).parts(), rounded(values, SHAPE).parts(), "of two instances");
  }

  @Test
  void theGivenNumbersAreLeftUnchanged() {
    float[] values = normal(SHAPE, 7, 0.02);
    float[] given = values.clone();
    extension().quantised(given, SHAPE);
    assertArrayEquals(values, given, "the array was written to");
  }

  @Test
  void partOfTheNumbersIsThatOfTheWhole() {
    for (Shape shape : SHAPES) {
      QuantisedWeight weight = rounded(normal(shape, 8, 0.02), shape);
      float[] all = numbers(weight);
      int row = Math.toIntExact(shape.elements() / shape.size(0));
      for (int from : new int[] {0, row, 3 * row, all.length - row}) {
        float[] some = new float[row];
        weight.form().numbers(weight.parts(), shape, from, some);
        assertArrayEquals(
            Arrays.copyOfRange(all, from, from + row), some, "numbers from " + from + " on");
      }
    }
  }

  /** Large weights are computed some rows at a time. */
  @Test
  void rowsOfAUnitAreAWeightOfTheForm() {
    Shape any = Shape.of(4096, 1024);
    WeightForm form = rounded(new float[1024], Shape.of(1, 1024)).form();
    int unit = Math.toIntExact(form.rowUnit(any).orElse(0));
    if (unit == 0) {
      return;
    }
    Shape shape = any.with(0, 2L * unit + (unit + 1) / 2);
    QuantisedWeight weight = rounded(normal(shape, 11, 0.02), shape);
    float[] all = numbers(weight);
    List<WeightForm.Part> full = form.parts(shape.with(0, unit));
    for (int begin = 0; begin < shape.size(0); begin += unit) {
      Shape some = shape.with(0, Math.min(unit, shape.size(0) - begin));
      Map<String, HostTensor> parts = new HashMap<>();
      for (int i = 0; i < full.size(); i++) {
        WeightForm.Part part = form.parts(some).get(i);
        long first = full.get(i).shape().elements() * begin / unit;
        parts.put(part.name(), stretch(weight.part(part.name()), part, first));
      }
      float[] found = new float[Math.toIntExact(some.elements())];
      form.numbers(parts, some, 0, found);
      int from = begin * Math.toIntExact(shape.size(1));
      float[] expected = Arrays.copyOfRange(all, from, from + found.length);
      assertArrayEquals(expected, found, some.size(0) + " rows from " + begin + " on");
    }
  }

  /** The stretch of a part of a weight for some rows, or all of it if it is as long for any. */
  private static HostTensor stretch(HostTensor whole, WeightForm.Part part, long first) {
    if (part.shape().equals(whole.shape())) {
      return whole;
    }
    int from = Math.toIntExact(part.dtype().bytes(first));
    int length = Math.toIntExact(part.dtype().bytes(part.shape().elements()));
    return HostTensor.of(part.dtype(), part.shape(), whole.bytes().slice(from, length));
  }

  @Test
  void graphComputesTheNumbers() {
    for (Shape shape : SHAPES) {
      QuantisedWeight weight = rounded(normal(shape, 9, 0.02), shape);
      float[] expected = numbers(weight);
      float most = 0;
      for (float number : expected) {
        most = Math.max(most, Math.abs(number));
      }
      for (DType type : List.of(DType.F32, DType.BF16)) {
        HostTensor staged = staged(weight, type);
        assertEquals(type, staged.dtype(), "type of the expression");
        assertEquals(shape, staged.shape(), "shape of the expression");
        double[] found = staged.doubles();
        double near = type == DType.F32 ? CLOSE : 1.0 / 128;
        for (int i = 0; i < found.length; i++) {
          assertEquals(expected[i], found[i], near * most, type + " number " + i + " of " + shape);
        }
      }
    }
  }

  private HostTensor staged(QuantisedWeight weight, DType type) {
    try (Scope scope = opened.orElseThrow().scope("quantised")) {
      Graph graph = new Graph();
      Map<String, Expr> inputs = new HashMap<>();
      Map<String, Tensor> given = new HashMap<>();
      Map<String, HostTensor> all = new HashMap<>(weight.parts());
      all.putAll(weight.form().constants());
      all.forEach(
          (name, value) -> {
            inputs.put(name, graph.input(name, value.dtype(), value.shape()));
            given.put(name, value.on(scope));
          });
      Expr made = weight.form().dequantised(inputs, weight.shape(), type);
      return HostTensor.of(graph.inference(scope, List.of(made)).run(scope, given).get(0));
    }
  }

  /** A weight that is damaged must not look sound. */
  @Test
  void aNumberThatIsNoneIsRefusedOrSeen() {
    for (float poison : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] values = normal(SHAPE, 10, 0.02);
      int at = 777;
      values[at] = poison;
      float found;
      try {
        found = numbers(rounded(values, SHAPE))[at];
      } catch (TensorException refusal) {
        continue;
      }
      assertFalse(Float.isFinite(found), poison + " becomes " + found);
    }
  }

  @Test
  void vectorsAndSmallWeightsStay() {
    List<Parameter> staying = new ArrayList<>();
    staying.add(new Parameter("norm.weight", Shape.of(8192), Parameter.Init.ONES));
    staying.add(new Parameter("layer.bias", Shape.of(8192), Parameter.Init.ZEROS));
    staying.add(new Parameter("small.weight", Shape.of(8, 8), Parameter.Init.KAIMING));
    for (Parameter parameter : staying) {
      assertFalse(extension().suits(parameter), parameter.name() + " would be rounded");
    }
    assertTrue(
        extension().suits(new Parameter("l.weight", Shape.of(512, 512), Parameter.Init.KAIMING)),
        "no matrix would be rounded");
  }

  /** Converted weights and runs are found again by it. */
  @Test
  void canonicalFormsAreTheSameEachTime() {
    assertEquals(extension().canonical(), extension().canonical(), "of the rounding");
    assertEquals(
        extension().form().canonical(), extension().form().canonical(), "of the weights' form");
    assertEquals(extension().form().constants(), extension().form().constants(), "constants");
  }
}
