package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T-LoRA at several timesteps in one batch against LyCORIS (golden/training/tlora.py). */
class TloraParityTest {
  private static final int RANK = 6;
  private static final double ALPHA = 9;
  private static final double RATE = 0.05;
  private static final int TIMESTEPS = 1000;
  private static final List<Integer> DRAWN = List.of(0, 1, 250, 500, 799, 999);
  private static final Map<String, String> PARTS =
      Map.of("q", "q_layer.weight", "p", "p_layer.weight", "lambda", "lambda_layer");
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tlora");
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/dev/lora4j/core/train/tlora.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static HostTensor golden(String name) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(name), name);
    return HostTensor.owning(info.dtype(), info.shape(), GOLDEN.bytes(name));
  }

  /** The layer of a case, in a program that trains it. */
  private record Net(String name, AdapterPlan plan, Scope scope, DType type) {
    static Net of(String name, Map<String, String> settings, Scope scope, DType type) {
      Shape weight = golden(name + "/weight").shape();
      boolean bias = GOLDEN.tensors().containsKey(name + "/bias");
      Site site =
          weight.rank() == 2
              ? Site.linear("unet.to_q", weight, bias)
              : new Site("unet.to_q", Site.Kind.CONVOLUTION, weight, bias, 1, 0, 1, 1);
      AdapterPlan plan =
          AdapterRecipe.DEFAULT
              .method(TrainableMethods.named("tlora", settings))
              .rank(RANK, ALPHA)
              .targets(TargetLayers.matching("to_q"))
              .plan(List.of(site));
      return new Net(name, plan, scope, type);
    }

    boolean linear() {
      return golden(name + "/weight").shape().rank() == 2;
    }

    Expr apply(Graph graph, StagedAdapter adapter, Expr x) {
      Weights at = Weights.of(graph, "unet", new FrozenWeights(type, ""), adapter);
      int out = (int) golden(name + "/weight").shape().size(0);
      boolean bias = GOLDEN.tensors().containsKey(name + "/bias");
      return linear() ? at.linear("to_q", x, out, bias) : at.conv2d("to_q", x, out, 1, 1, 0);
    }

    Map<String, Tensor> base() {
      Map<String, Tensor> base = new HashMap<>();
      for (String part : List.of("weight", "bias")) {
        if (GOLDEN.tensors().containsKey(name + "/" + part)) {
          base.put("to_q." + part, golden(name + "/" + part).on(scope, type));
        }
      }
      return base;
    }
  }

  private static double[] flat(String prefix, FlatLayout layout) {
    double[] flat = new double[(int) layout.length()];
    PARTS.forEach(
        (name, part) -> {
          double[] values = golden(prefix + name).doubles();
          int from = (int) layout.slot("unet.to_q." + part).orElseThrow().offset();
          System.arraycopy(values, 0, flat, from, values.length);
        });
    return flat;
  }

  private static void requireClose(double[] expected, double[] found, double most, String what) {
    double error = TrainedNet.error(expected, found);
    assertTrue(error <= most, what + " " + error);
  }

  @ParameterizedTest
  @CsvSource({
    "linear, 1, 1, principal",
    "steep, 2, 1.7, last",
    "point, 1, 1, middle",
  })
  void stepsAndTheStoredChangeAreThoseOfLycoris(
      String name, String least, String power, String choice) {
    Map<String, String> settings =
        Map.of("min_rank", least, "alpha_rank_scale", power, "sig_type", choice);
    try (Scope scope = SCOPE.child("steps")) {
      Net net = Net.of(name, settings, scope, DType.F64);
      HostTensor x = golden(name + "/x");
      HostTensor target = golden(name + "/target");
      Graph graph = new Graph();
      FlatParameters parameters = new FlatParameters(graph, DType.F64);
      StagedAdapter adapter = new StagedAdapter(parameters, net.plan());
      Expr aim = graph.input("target", DType.F64, target.shape());
      Expr y = net.apply(graph, adapter, graph.input("x", DType.F64, x.shape()));
      Expr loss = y.sub(aim).pow(2).mean();
      FlatLayout layout = adapter.layout();
      Program program = graph.training(scope, List.of(loss.detach(), parameters.gradient(loss)));
      double[] flat = flat(name + "/start/", layout);
      float[] initial = TrainedNet.floats(flat);
      requireDirections(net, adapter, initial, layout);
      Map<String, Tensor> held = new HashMap<>(adapter.held(scope, initial));
      held.putAll(net.base());
      List<Double> ways = DRAWN.stream().map(t -> (TIMESTEPS - t) / (double) TIMESTEPS).toList();
      List<Tensor> inputs = new ArrayList<>(adapter.inputs(scope, 1, 0, 0, ways));
      inputs.add(target.on(scope, DType.F64));
      inputs.add(x.on(scope, DType.F64));
      Descent descent = new Descent(flat.length);
      double[] losses = golden(name + "/losses").doubles();
      for (int step = 0; step < losses.length; step++) {
        put(held, flat, layout, scope);
        List<Tensor> out =
            program.run(
                scope, program.hold(scope, n -> Objects.requireNonNull(held.get(n), n)), inputs);
        assertEquals(losses[step], HostTensor.of(out.get(0)).doubles()[0], 1e-12 * losses[step]);
        double[] gradient = HostTensor.of(out.get(1)).doubles();
        requireClose(
            flat(name + "/gradient" + step + "/", layout), gradient, 1e-11, "step " + step);
        descent.step(flat, gradient);
      }
      requireClose(flat(name + "/trained/", layout), flat, 1e-11, "trained");
      Map<String, List<Factors>> factors =
          adapter.factors(TrainedNet.floats(flat), initial, DType.F32);
      Factors stored = factors.values().iterator().next().get(0);
      requireClose(golden(name + "/change").doubles(), change(stored), 1e-6, "stored");
    }
  }

  private static void put(Map<String, Tensor> held, double[] flat, FlatLayout layout, Scope scope) {
    for (FlatLayout.Slot slot : layout.slots()) {
      int from = (int) slot.offset();
      Shape shape = slot.parameter().shape();
      double[] part = Arrays.copyOfRange(flat, from, from + (int) shape.elements());
      held.put(slot.parameter().name(), HostTensor.of(DType.F64, shape, part).on(scope));
    }
  }

  /** It begins as LyCORIS begins, up to the signs of directions, which have no meaning. */
  private static void requireDirections(
      Net net, StagedAdapter adapter, float[] expected, FlatLayout layout) {
    HostTensor weight = golden(net.name() + "/weight");
    float[] found = adapter.initial(net.scope(), 1, site -> weight.on(net.scope()));
    double[][] parts = new double[3][];
    double[][] own = new double[3][];
    int i = 0;
    for (String part : List.of("q_layer.weight", "p_layer.weight", "lambda_layer")) {
      FlatLayout.Slot slot = layout.slot("unet.to_q." + part).orElseThrow();
      int from = (int) slot.offset();
      int to = from + (int) slot.parameter().shape().elements();
      parts[i] = TrainedNet.doubles(Arrays.copyOfRange(expected, from, to));
      own[i++] = TrainedNet.doubles(Arrays.copyOfRange(found, from, to));
    }
    assertArrayEquals(parts[2], own[2], 1e-6, "sizes");
    int in = parts[0].length / RANK;
    for (int r = 0; r < RANK; r++) {
      double sign = Math.signum(parts[0][r * in] * own[0][r * in]);
      for (int k = 0; k < in; k++) {
        assertEquals(parts[0][r * in + k], sign * own[0][r * in + k], 5e-6, "q");
      }
      for (int k = 0; k < parts[1].length / RANK; k++) {
        assertEquals(parts[1][k * RANK + r], sign * own[1][k * RANK + r], 5e-6, "p");
      }
    }
  }

  /** AdamW of PyTorch, with its decay of 0.01. */
  private static final class Descent {
    private final double[] first;
    private final double[] second;
    private int count;

    Descent(int length) {
      first = new double[length];
      second = new double[length];
    }

    void step(double[] flat, double[] gradient) {
      count++;
      for (int i = 0; i < flat.length; i++) {
        first[i] = 0.9 * first[i] + 0.1 * gradient[i];
        second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
        double size = Math.sqrt(second[i] / (1 - Math.pow(0.999, count))) + 1e-8;
        flat[i] -= RATE * 0.01 * flat[i];
        flat[i] -= RATE * first[i] / (1 - Math.pow(0.9, count)) / size;
      }
    }
  }

  /** Change of the weight by the stored LoRA, as readers compute it. */
  private static double[] change(Factors stored) {
    HostTensor rows = stored.tensor("lora_down.weight");
    double[] down = rows.doubles();
    double[] up = stored.tensor("lora_up.weight").doubles();
    int rank = (int) rows.shape().size(0);
    assertEquals(2 * RANK, rank);
    double alpha = Double.parseDouble(Objects.requireNonNull(stored.settings().get("alpha")));
    int width = down.length / rank;
    double[] change = new double[up.length / rank * width];
    for (int i = 0; i < change.length; i++) {
      for (int r = 0; r < rank; r++) {
        change[i] += alpha / rank * up[i / width * rank + r] * down[r * width + i % width];
      }
    }
    return change;
  }

  /** At each timestep as many directions count as LyCORIS says. */
  @ParameterizedTest
  @CsvSource({"linear, 1, 1, principal", "steep, 2, 1.7, last"})
  void directionsOfEveryTimestepAreThoseOfLycoris(
      String name, String least, String power, String choice) {
    Map<String, String> settings =
        Map.of("min_rank", least, "alpha_rank_scale", power, "sig_type", choice);
    try (Scope scope = SCOPE.child("ranks")) {
      Net net = Net.of(name, settings, scope, DType.F64);
      Graph graph = new Graph();
      StagedAdapter adapter = new StagedAdapter(new FlatParameters(graph, DType.F64), net.plan());
      int in = (int) golden(name + "/weight").shape().size(1);
      Expr x = graph.input("x", DType.F64, Shape.of(Shape.UNKNOWN, in));
      Program program = graph.inference(scope, List.of(net.apply(graph, adapter, x)));
      FlatLayout layout = adapter.layout();
      // Each direction takes the first input to an output of its own.
      float[] initial = new float[(int) layout.length()];
      double[] flat = new double[initial.length];
      int q = (int) layout.slot("unet.to_q.q_layer.weight").orElseThrow().offset();
      int p = (int) layout.slot("unet.to_q.p_layer.weight").orElseThrow().offset();
      int sizes = (int) layout.slot("unet.to_q.lambda_layer").orElseThrow().offset();
      for (int r = 0; r < RANK; r++) {
        flat[q + r * in] = 1;
        flat[p + r * RANK + r] = 1;
        flat[sizes + r] = 1;
      }
      Map<String, Tensor> held = new HashMap<>(adapter.held(scope, initial));
      put(held, flat, layout, scope);
      net.base().forEach((n, t) -> held.put(n, zeros(t.shape()).on(scope)));
      List<Double> ways = new ArrayList<>();
      double[] ones = new double[TIMESTEPS * in];
      for (int t = 0; t < TIMESTEPS; t++) {
        ways.add((TIMESTEPS - t) / (double) TIMESTEPS);
        ones[t * in] = 1;
      }
      List<Tensor> inputs = new ArrayList<>(adapter.inputs(scope, 1, 0, 0, ways));
      inputs.add(HostTensor.of(DType.F64, Shape.of(TIMESTEPS, in), ones).on(scope));
      Tensor y =
          program
              .run(scope, program.hold(scope, n -> Objects.requireNonNull(held.get(n), n)), inputs)
              .get(0);
      double[] found = HostTensor.of(y).doubles();
      double[] ranks = golden(name + "/ranks").doubles();
      int out = found.length / ranks.length;
      for (int t = 0; t < ranks.length; t++) {
        for (int r = 0; r < RANK; r++) {
          double expected = r < ranks[t] ? ALPHA / RANK : 0;
          assertEquals(expected, found[t * out + r], 1e-12, t + ": " + r);
        }
      }
    }
  }

  private static HostTensor zeros(Shape shape) {
    return HostTensor.of(DType.F64, shape, new double[(int) shape.elements()]);
  }
}
