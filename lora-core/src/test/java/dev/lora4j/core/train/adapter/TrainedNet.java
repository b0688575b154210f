package dev.lora4j.core.train.adapter;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link SmallNet} with an adapter in training: loss, gradient and output as one program. */
final class TrainedNet implements AutoCloseable {
  /** What a run gives; the gradient is laid out as the flat buffer. */
  @SuppressWarnings("ArrayRecordComponent") // Looked at, never compared.
  record Result(double loss, double[] gradient, double[] output) {}

  /** How far the two samples of a batch are from noise. */
  private static final List<Double> WAYS = List.of(0.4, 0.9);

  private final Scope scope;
  private final DType type;
  private final StagedAdapter adapter;
  private final Program program;
  private final Map<String, Tensor> base = new HashMap<>();

  TrainedNet(Scope owner, AdapterPlan plan, DType type) {
    this(owner, plan, type, SmallNet.weights(), Optional.empty());
  }

  /**
   * A net.
   *
   * @param compiled the program of another net that differs only in what programs do not know
   */
  TrainedNet(
      Scope owner,
      AdapterPlan plan,
      DType type,
      Map<String, HostTensor> weights,
      Optional<TrainedNet> compiled) {
    scope = owner.child("net");
    this.type = type;
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, type);
    adapter = new StagedAdapter(parameters, plan);
    long any = Shape.UNKNOWN;
    Expr x = graph.input("x", type, Shape.of(any, 4, any, any));
    Expr target = graph.input("target", type, Shape.of(any, any, 6));
    Expr y = SmallNet.apply(graph, new FrozenWeights(type, ""), adapter, x);
    Expr loss = y.sub(target).pow(2).mean();
    program =
        compiled
            .map(other -> other.program)
            .orElseGet(
                () ->
                    graph.training(
                        scope, List.of(loss.detach(), parameters.gradient(loss), y.detach())));
    weights.forEach((name, w) -> base.put(name, w.on(scope, type)));
  }

  /** The adapter of a program that is never compiled. */
  static StagedAdapter staged(AdapterPlan plan) {
    Graph graph = new Graph();
    StagedAdapter adapter = new StagedAdapter(new FlatParameters(graph, DType.F32), plan);
    Expr x = graph.input("x", DType.F32, SmallNet.INPUT);
    SmallNet.apply(graph, new FrozenWeights(DType.F32, ""), adapter, x);
    return adapter;
  }

  StagedAdapter adapter() {
    return adapter;
  }

  Map<String, Tensor> base() {
    return base;
  }

  float[] initial(long seed) {
    return adapter.initial(
        scope,
        seed,
        new FrozenParameters() {
          @Override
          public Tensor weight(Scope work, Site s) {
            return TrainedNet.this.weight(s);
          }

          @Override
          public Tensor bias(Site s) {
            return own(s, "bias");
          }
        });
  }

  Tensor weight(Site site) {
    return own(site, "weight");
  }

  private Tensor own(Site site, String parameter) {
    return base.get(site.name().substring(SmallNet.MODEL.length() + 1) + "." + parameter);
  }

  /** The batch that every run gets that is not told another. */
  static List<HostTensor> batch() {
    return List.of(SmallNet.values(SmallNet.INPUT, 1, 1), SmallNet.values(Shape.of(2, 9, 6), 2, 1));
  }

  Result run(double[] flat, float[] initial, long step) {
    return run(flat, initial, step, batch());
  }

  Result run(double[] flat, float[] initial, long step, List<HostTensor> batch) {
    FlatLayout layout = adapter.layout();
    try (Scope work = scope.child("run")) {
      Map<String, Tensor> held = adapter.held(work, initial);
      List<Tensor> inputs = new ArrayList<>(adapter.inputs(work, 7, step, step, WAYS));
      batch.forEach(t -> inputs.add(t.on(work, type)));
      List<Tensor> out =
          program.run(
              work,
              program.hold(
                  work,
                  name ->
                      layout.slot(name).isPresent()
                          ? view(work, flat, layout.slot(name).get())
                          : held.getOrDefault(name, base.get(name))),
              inputs);
      List<double[]> values = out.stream().map(t -> HostTensor.of(t).doubles()).toList();
      return new Result(values.get(0)[0], values.get(1), values.get(2));
    }
  }

  private Tensor view(Scope work, double[] flat, FlatLayout.Slot slot) {
    Shape shape = slot.parameter().shape();
    int from = (int) slot.offset();
    double[] part = Arrays.copyOfRange(flat, from, from + (int) shape.elements());
    return HostTensor.of(type, shape, part).on(work);
  }

  static double[] doubles(float[] values) {
    double[] all = new double[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i];
    }
    return all;
  }

  static float[] floats(double[] values) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) values[i];
    }
    return all;
  }

  /** Greatest difference, by the greatest of {@code expected}. */
  static double error(double[] expected, double[] found) {
    double most = 0;
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i] - found[i]));
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    return expected.length == found.length ? most / scale : Double.POSITIVE_INFINITY;
  }

  @Override
  public void close() {
    scope.close();
  }
}
