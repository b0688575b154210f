package dev.lora4j.core.train.run;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Two layers that are to give a multiple of their input which follows what is trained. */
final class FollowedFactor implements TrainingTask {
  private static final float FIRST = 2;

  private final TwoLayers layers;
  private final Map<String, String> identity;
  private float factor = FIRST;

  FollowedFactor(TwoLayers layers) {
    this(layers, Map.of());
  }

  FollowedFactor(TwoLayers layers, Map<String, String> identity) {
    this.layers = layers;
    this.identity = identity;
  }

  @Override
  public void before(long first, int count, TrainedNumbers now) {
    long step = first / count;
    if (step == 0) {
      factor = FIRST;
    } else if (step % 2 == 0) {
      for (HostTensor each : now.get().at("toy.second").get(0).tensors().values()) {
        factor += each.floats()[0];
      }
    }
  }

  @Override
  public Map<String, HostTensor> state() {
    return Map.of("factor", HostTensor.of(Shape.of(1), factor));
  }

  @Override
  public void restore(Map<String, HostTensor> state) {
    factor = state.values().iterator().next().floats()[0];
  }

  @Override
  public Map<String, String> identity() {
    return identity;
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    return LongStream.range(first, first + count)
        .<TrainingBatch>mapToObj(n -> new TwoLayers.Rows(n, factor, false, 1))
        .toList();
  }

  @Override
  public AdapterPlan plan() {
    return layers.plan();
  }

  @Override
  public DType compute() {
    return layers.compute();
  }

  @Override
  public Expr loss(Staging at) {
    return layers.loss(at);
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return layers.weight(scope, site);
  }

  @Override
  public Tensor held(String name) {
    return layers.held(name);
  }

  @Override
  public String items() {
    return layers.items();
  }
}
