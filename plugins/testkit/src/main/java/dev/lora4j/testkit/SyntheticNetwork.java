package dev.lora4j.testkit;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Network with one of each kind of layer and random weights, whose target is zero: its loss is the
 * mean of its output's squares, which every adapter can lower.
 */
final class SyntheticNetwork {
  private static final String MODEL = "unet";
  static final Shape INPUT = Shape.of(2, 4, 6, 6);

  private final WeightStore weights;
  private final MergedParameter patch;
  private final Program plain;

  /** Its weights belong to {@code scope}. */
  SyntheticNetwork(Scope scope) {
    this(scope, SyntheticWeights.of(scope, parameters(), DType.F32));
  }

  private SyntheticNetwork(Scope scope, WeightStore weights) {
    FrozenWeights frozen = new FrozenWeights(DType.F32, "", weights.forms());
    Graph graph = new Graph();
    Expr loss = loss(graph, frozen, SiteAdapters.NONE, DType.F32);
    plain = graph.inference(scope, List.of(loss));
    this.weights = weights;
    patch = new MergedParameter(scope);
  }

  private static List<Parameter> parameters() {
    FrozenWeights frozen = new FrozenWeights(DType.F32, "");
    loss(new Graph(), frozen, SiteAdapters.NONE, DType.F32);
    return frozen.parameters();
  }

  /**
   * A copy whose matrices and kernels are rounded.
   *
   * @param codes whether it has their codes, or the numbers that these stand for
   */
  SyntheticNetwork rounded(Scope scope, Quantisation how, boolean codes) {
    Map<String, Tensor> tensors = new HashMap<>();
    Map<String, WeightForm> forms = new HashMap<>();
    Map<String, Shape> shapes = new HashMap<>();
    for (Parameter parameter : parameters()) {
      String name = parameter.name();
      if (parameter.init() != Parameter.Init.KAIMING) {
        tensors.put(name, weights.tensor(name));
        continue;
      }
      Shape shape = parameter.shape();
      float[] values = weights.tensor(name).floats();
      QuantisedWeight weight = how.quantised(values, shape);
      WeightForm form = weight.form();
      if (codes) {
        form.constants().forEach((p, t) -> tensors.put(WeightForm.tensor(name, p), t.on(scope)));
        weight.parts().forEach((p, t) -> tensors.put(WeightForm.tensor(name, p), t.on(scope)));
        forms.put(name, form);
        shapes.put(name, shape);
      } else {
        form.numbers(weight.parts(), shape, 0, values);
        tensors.put(name, HostTensor.of(shape, values).on(scope));
      }
    }
    WeightStore rounded = WeightStore.quantised("a small net", DType.F32, tensors, forms, shapes);
    return new SyntheticNetwork(scope, rounded);
  }

  /** Forms of its quantised weights by name. */
  Map<String, WeightForm> forms() {
    return weights.forms();
  }

  /** The numbers of a layer's weight, which belong to {@code scope} where they have to be made. */
  Tensor numbers(Scope scope, Site site) {
    return weights.numbers(scope, name(site, "weight"));
  }

  /** All of its layers. */
  static List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    SiteAdapters seeing =
        (site, x, y) -> {
          sites.add(site);
          return y;
        };
    loss(new Graph(), new FrozenWeights(DType.F32, ""), seeing, DType.F32);
    return sites;
  }

  /** The network as a base that files are for. */
  static Family family() {
    return Family.of("a small net", new SiteCatalogue(sites()));
  }

  /** Declares its input [batch, 4, height, width] in {@code type}, and stages it and its loss. */
  static Expr loss(Graph graph, FrozenWeights weights, LayerAdapters adapters, DType type) {
    long any = Shape.UNKNOWN;
    Expr x = graph.input("x", type, Shape.of(any, INPUT.size(1), any, any));
    Weights at = Weights.of(graph, MODEL, weights, adapters);
    Expr h = at.conv2d("down_blocks.0.resnets.0.conv1", x, 8, 3, 2, 1);
    h = at.groupNorm("down_blocks.0.norm", h, 2, 1e-6).silu();
    h = at.conv2d("down_blocks.0.proj_in", h, 12, 1, 1, 0);
    Expr tokens = h.flatten(2, 3).transpose(1, 2);
    Expr q = at.linear("down_blocks.0.to_q", tokens, 8, false);
    Expr v = at.linear("down_blocks.0.to_v", tokens, 8, false);
    Expr y = at.linear("down_blocks.0.to_out", q.silu().mul(v).add(q), 6);
    return y.pow(2).mean();
  }

  /** An input, the same for the same number. */
  static Tensor input(Scope scope, long number) {
    return SyntheticLayer.numbers(INPUT, new SplittableRandom(number)).on(scope);
  }

  /** A weight by its name in the net. */
  Tensor tensor(String name) {
    return weights.tensor(name);
  }

  /** A parameter of a layer. */
  Tensor parameter(Site site, String parameter) {
    return weights.tensor(name(site, parameter));
  }

  private static String name(Site site, String parameter) {
    return site.name().substring(MODEL.length() + 1) + "." + parameter;
  }

  /** Loss on an input with a merged adapter. */
  double loss(Scope scope, Adapter adapter, long number) {
    try (Scope work = scope.child("patched")) {
      MergedSites sites =
          new MergedSites(
              work,
              patch,
              weights,
              family().sites(),
              MODEL,
              adapter.sites().keySet(),
              MixPlan.of(adapter, 1));
      return loss(work, sites.at(1), number);
    }
  }

  /** The loss on an input without an adapter. */
  double loss(Scope scope, long number) {
    return loss(scope, Map.of(), number);
  }

  private double loss(Scope scope, Map<String, Tensor> changed, long number) {
    try (Scope work = scope.child("loss")) {
      List<Tensor> inputs = List.of(input(work, number));
      return plain
          .run(
              work,
              plain.hold(work, name -> changed.getOrDefault(name, weights.tensor(name))),
              inputs)
          .get(0)
          .floats()[0];
    }
  }
}
