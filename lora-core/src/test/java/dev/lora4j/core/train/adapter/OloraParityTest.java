package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.quantised.Nf4;
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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Factors that begin as a QR decomposition, in training and as they are stored, against PEFT
 * (golden/training/olora.py).
 */
class OloraParityTest {
  private static final int RANK = 4;
  private static final double ALPHA = 7;
  private static final double RATE = 0.05;
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("olora");
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/dev/lora4j/core/train/olora.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static HostTensor golden(String name) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(name), name);
    return HostTensor.owning(info.dtype(), info.shape(), GOLDEN.bytes(name));
  }

  private static AdapterPlan plan(Shape weight, boolean root) {
    return AdapterRecipe.DEFAULT
        .start(FactorInit.OLORA)
        .rank(RANK, ALPHA)
        .rankStabilised(root)
        .targets(TargetLayers.matching("to_q"))
        .plan(List.of(Site.linear("unet.to_q", weight, false)));
  }

  private static void requireParts(String prefix, FlatLayout layout, double[] flat) {
    for (String part : List.of("down", "up")) {
      FlatLayout.Slot slot = layout.slot("unet.to_q." + part).orElseThrow();
      int from = (int) slot.offset();
      int to = from + (int) slot.parameter().shape().elements();
      double[] expected = golden(prefix + part).doubles();
      assertArrayEquals(expected, Arrays.copyOfRange(flat, from, to), 2e-6, prefix + part);
    }
  }

  @ParameterizedTest
  @CsvSource({"plain, false", "tall, false", "root, true"})
  void stepsAndTheStoredChangeAreThoseOfPeft(String name, boolean root) {
    HostTensor weight = golden(name + "/weight");
    HostTensor x = golden(name + "/x");
    HostTensor target = golden(name + "/target");
    AdapterPlan plan = plan(weight.shape(), root);
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F64);
    StagedAdapter adapter = new StagedAdapter(parameters, plan);
    Expr aim = graph.input("target", DType.F64, target.shape());
    Expr y =
        Weights.of(graph, "unet", new FrozenWeights(DType.F64, ""), adapter)
            .linear("to_q", graph.input("x", DType.F64, x.shape()), weight.shape().size(0), false);
    Expr loss = y.sub(aim).pow(2).mean();
    FlatLayout layout = adapter.layout();
    try (Scope scope = SCOPE.child("steps");
        Program program =
            graph.training(scope, List.of(loss.detach(), parameters.gradient(loss)))) {
      float[] initial = adapter.initial(scope, 1, site -> weight.on(scope));
      double[] flat = TrainedNet.doubles(initial);
      requireParts(name + "/first/", layout, flat);
      Map<String, Tensor> held = new HashMap<>(adapter.held(scope, initial));
      held.put("to_q.weight", weight.on(scope, DType.F64));
      for (double expected : golden(name + "/losses").doubles()) {
        double[] now = flat;
        for (FlatLayout.Slot slot : layout.slots()) {
          int from = (int) slot.offset();
          Shape shape = slot.parameter().shape();
          double[] part = Arrays.copyOfRange(now, from, from + (int) shape.elements());
          held.put(slot.parameter().name(), HostTensor.of(DType.F64, shape, part).on(scope));
        }
        List<Tensor> out =
            program.run(
                scope,
                program.hold(scope, n -> Objects.requireNonNull(held.get(n), n)),
                List.of(target.on(scope, DType.F64), x.on(scope, DType.F64)));
        assertEquals(expected, HostTensor.of(out.get(0)).doubles()[0], 1e-6 * expected);
        double[] gradient = HostTensor.of(out.get(1)).doubles();
        for (int i = 0; i < flat.length; i++) {
          flat[i] -= RATE * gradient[i];
        }
      }
      requireParts(name + "/", layout, flat);
      Map<String, List<Factors>> factors =
          adapter.factors(TrainedNet.floats(flat), initial, DType.F32);
      double[] change = change(factors.values().iterator().next().get(0), weight.shape());
      double error = TrainedNet.error(golden(name + "/change").doubles(), change);
      assertTrue(error <= 1e-4, name + " " + error);
    }
  }

  /** What a reader makes of the stored factors. */
  private static double[] change(Factors stored, Shape weight) {
    double[] down = stored.tensor("lora_down.weight").doubles();
    double[] up = stored.tensor("lora_up.weight").doubles();
    int rank = (int) stored.tensor("lora_down.weight").shape().size(0);
    assertEquals(2 * RANK, rank);
    double alpha = Double.parseDouble(Objects.requireNonNull(stored.settings().get("alpha")));
    int width = (int) weight.size(1);
    double[] change = new double[(int) weight.elements()];
    for (int i = 0; i < change.length; i++) {
      for (int r = 0; r < rank; r++) {
        change[i] += alpha / rank * up[i / width * rank + r] * down[r * width + i % width];
      }
    }
    return change;
  }

  /** Of the numbers that the base has in few bits. */
  @Test
  void factorsOfARoundedBaseAreThoseOfPeft() {
    Shape shape = golden("plain/weight").shape();
    float[] values = new float[(int) shape.elements()];
    golden("plain/weight").floats(values, 0);
    QuantisedWeight codes = new Nf4(64, false).quantised(values, shape);
    codes.form().numbers(codes.parts(), shape, 0, values);
    StagedAdapter adapter =
        InitialFactorsTest.staged(plan(shape, false), shape.size(0), shape.size(1));
    try (Scope scope = SCOPE.child("rounded")) {
      float[] flat = adapter.initial(scope, 1, site -> HostTensor.of(shape, values).on(scope));
      requireParts("nf4/", adapter.layout(), TrainedNet.doubles(flat));
    }
  }
}
