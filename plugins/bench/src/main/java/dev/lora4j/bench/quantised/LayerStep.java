package dev.lora4j.bench.quantised;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ours: loss and gradients as one program, over layers in few bits or over their numbers. */
final class LayerStep implements Contender {
  private final String name;
  private final Scope scope;
  private final Program program;
  private final HeldInputs held;

  private LayerStep(String name, Scope scope, WeightStore weights, LayerInputs inputs) {
    this.name = name;
    this.scope = scope;
    Graph graph = new Graph();
    Map<String, Tensor> given = new HashMap<>();
    List<Expr> factors = new ArrayList<>();
    FrozenWeights frozen = new FrozenWeights(DType.F32, "", weights.forms());
    Expr x = held(graph, "x", inputs, given).trainable();
    Expr h = x;
    for (int layer = 0; layer < LayerInputs.LAYERS; layer++) {
      Shape shape = Shape.of(LayerInputs.WIDTH, LayerInputs.WIDTH);
      Expr weight =
          frozen.weight(graph, new Parameter(weight(layer), shape, Parameter.Init.KAIMING));
      Expr down = held(graph, "down." + layer, inputs, given).trainable();
      Expr up = held(graph, "up." + layer, inputs, given).trainable();
      factors.add(down);
      factors.add(up);
      h = h.linear(weight).add(h.linear(down).linear(up));
    }
    Expr loss = h.mul(h).mean();
    factors.add(x);
    List<Expr> out = new ArrayList<>(List.of(loss.detach()));
    graph.gradients(loss, factors).forEach(g -> out.add(g.mul(g).sum()));
    this.program = graph.training(scope, out);
    this.held =
        program.hold(
            scope, input -> given.containsKey(input) ? given.get(input) : weights.tensor(input));
  }

  private static String weight(int layer) {
    return "weight." + layer;
  }

  private Expr held(Graph graph, String input, LayerInputs inputs, Map<String, Tensor> given) {
    HostTensor value = inputs.tensor(input);
    given.put(input, value.on(scope));
    return graph.held(input, DType.F32, value.shape());
  }

  private static WeightStore store(Scope scope, LayerInputs inputs, Quantisation how) {
    Map<String, Tensor> tensors = new HashMap<>();
    Map<String, WeightForm> forms = new HashMap<>();
    Map<String, Shape> shapes = new HashMap<>();
    Map<String, Tensor> constants = new HashMap<>();
    how.form().constants().forEach((part, value) -> constants.put(part, value.on(scope)));
    for (int layer = 0; layer < LayerInputs.LAYERS; layer++) {
      String name = weight(layer);
      HostTensor plain = inputs.tensor(name);
      QuantisedWeight packed = how.quantised(plain.floats(), plain.shape());
      packed
          .parts()
          .forEach((part, value) -> tensors.put(WeightForm.tensor(name, part), value.on(scope)));
      constants.forEach((part, value) -> tensors.put(WeightForm.tensor(name, part), value));
      forms.put(name, packed.form());
      shapes.put(name, plain.shape());
    }
    return WeightStore.quantised("bench", DType.F32, tensors, forms, shapes);
  }

  /** Over layers in few bits. */
  static LayerStep packed(Engine engine, LayerInputs inputs, Quantisation how) {
    Scope scope = engine.scope("packed");
    return new LayerStep(how.name(), scope, store(scope, inputs, how), inputs);
  }

  /** Over the numbers of the same layers. */
  static LayerStep numbers(Engine engine, LayerInputs inputs, Quantisation how) {
    Scope scope = engine.scope("numbers");
    Map<String, Tensor> numbers = new HashMap<>();
    try (Scope work = scope.child("packed")) {
      WeightStore packed = store(work, inputs, how);
      for (int layer = 0; layer < LayerInputs.LAYERS; layer++) {
        numbers.put(weight(layer), packed.numbers(scope, weight(layer)));
      }
    }
    WeightStore plain = WeightStore.quantised("bench", DType.F32, numbers, Map.of(), Map.of());
    return new LayerStep("the same in F32", scope, plain, inputs);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double[] check() {
    try (Scope once = scope.child("check")) {
      return program.run(once, held, List.of()).stream().mapToDouble(t -> t.floats()[0]).toArray();
    }
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(
        units,
        () -> {
          try (Scope once = scope.child("unit")) {
            program.run(once, held, List.of());
          }
        });
  }

  @Override
  public void close() {
    scope.close();
  }
}
