package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The gradients of the base's weights over batches of the training. All gradients of a program
 * exist at once, so layers go in groups, and the batches are looked at once for each group.
 */
final class WeightGradients {
  /** Bytes of the gradients of a group, unless one layer alone has more. */
  static final long GROUP = 1L << 29;

  private static final String SUM = "calibration.sum.";

  private final CalibrationData data;
  private final long group;
  private final int batches;

  /**
   * Gradients of so many batches.
   *
   * @param group bytes of gradients at once
   */
  WeightGradients(CalibrationData data, long group, int batches) {
    this.data = data;
    this.group = group;
    this.batches = batches;
  }

  /**
   * Adds a statistic of the gradients up over the batches.
   *
   * @param statistic of a gradient, F32 [out, rest], in a type and shape that its shape tells
   * @param sums receives the sum of each layer that the model has, which is released afterwards
   */
  void sum(List<Site> layers, UnaryOperator<Expr> statistic, BiConsumer<Site, Tensor> sums) {
    List<List<Site>> groups = groups(layers);
    for (int g = 0; g < groups.size(); g++) {
      try (Scope work = data.scope().child("gradients")) {
        sum(work, groups.get(g), g, groups.size(), statistic, sums);
      }
    }
  }

  private List<List<Site>> groups(List<Site> layers) {
    List<List<Site>> groups = new ArrayList<>();
    long bytes = 0;
    for (Site site : layers) {
      long own = DType.F32.bytes(site.weight().elements());
      if (groups.isEmpty() || bytes + own > group) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.get(groups.size() - 1).add(site);
      bytes += own;
    }
    return groups;
  }

  private void sum(
      Scope work,
      List<Site> layers,
      int number,
      int groups,
      UnaryOperator<Expr> statistic,
      BiConsumer<Site, Tensor> receiver) {
    Leaves leaves = new Leaves(CalibrationData.names(layers));
    Expr loss = Staging.watched(data.task(), at -> leaves);
    List<Site> met = List.copyOf(leaves.weights.keySet());
    if (met.isEmpty()) {
      return;
    }
    Graph graph = loss.graph();
    List<Expr> gradients = graph.gradients(loss, List.copyOf(leaves.weights.values()));
    Map<String, Tensor> sums = new HashMap<>();
    List<Expr> outputs = new ArrayList<>();
    List<Expr> finite = new ArrayList<>();
    for (int i = 0; i < met.size(); i++) {
      Site site = met.get(i);
      Expr gradient = gradients.get(i).detach().to(DType.F32).reshape(site.out(), site.rest());
      finite.add(gradient.isFinite().all().to(DType.F32).reshape(1));
      Expr one = statistic.apply(gradient);
      outputs.add(graph.held(SUM + site.name(), one.dtype(), one.shape()).add(one));
      byte[] zeros = new byte[Math.toIntExact(one.dtype().bytes(one.shape().elements()))];
      sums.put(SUM + site.name(), HostTensor.owning(one.dtype(), one.shape(), zeros).on(work));
    }
    outputs.add(ShapeOps.cat(finite, 0));
    Program program = graph.training(work, outputs);
    for (int b = 0; b < batches; b++) {
      data.listener().calibrating(number * batches + b, groups * batches);
      add(work, program, data.batch(b), met, sums);
    }
    data.listener().calibrating((number + 1) * batches, groups * batches);
    met.forEach(site -> receiver.accept(site, sums.get(SUM + site.name())));
  }

  private void add(
      Scope work, Program program, TrainingBatch batch, List<Site> met, Map<String, Tensor> sums) {
    try (Scope one = work.child("batch");
        HeldInputs held =
            program.hold(
                one, name -> sums.containsKey(name) ? sums.get(name) : data.task().held(name))) {
      List<Tensor> out = program.run(one, held, batch.inputs(one));
      float[] flags = out.get(met.size()).floats();
      for (int i = 0; i < met.size(); i++) {
        if (flags[i] == 0) {
          throw data.notFinite("the gradient", met.get(i), batch);
        }
        Tensor before = sums.put(SUM + met.get(i).name(), out.get(i).moveTo(work));
        before.close();
      }
    }
  }

  /** Makes the weights of layers those that gradients are taken of. */
  private static final class Leaves implements LayerAdapters {
    private final Set<String> asked;
    private final Map<Site, Expr> weights = new LinkedHashMap<>();

    Leaves(Set<String> asked) {
      this.asked = asked;
    }

    @Override
    public Expr around(SiteLayer layer, Expr x) {
      if (!asked.contains(layer.site().name())) {
        return layer.output(x);
      }
      // Segments are staged twice, and have one gradient.
      Expr leaf = weights.computeIfAbsent(layer.site(), site -> layer.weight().trainable());
      return layer.withWeight(leaf).output(x);
    }
  }
}
