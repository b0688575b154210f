package dev.lora4j.testkit;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The training of an adapter of a {@link SyntheticNetwork} by the loop that trains all adapters.
 */
record NetTraining(SyntheticNetwork net, AdapterPlan plan, DType compute) implements TrainingTask {
  /** The number of the input that is held out. */
  static final long HELD_OUT = -1;

  /** Batches until one is as far from noise as the first again. */
  private static final int WAYS = 4;

  /**
   * Result of the training.
   *
   * @param before the adapter before the first step
   * @param after the adapter after the last
   * @param losses on what is held out, before the first step and after the last
   */
  record Trained(Adapter before, Adapter after, List<Double> losses) {
    double first() {
      return losses.get(0);
    }

    double last() {
      return losses.get(losses.size() - 1);
    }
  }

  /** Listener that stores the adapter before the first step, and the losses. */
  private static final class Heard implements RunListener {
    final List<Adapter> previews = new ArrayList<>();
    final List<Double> losses = new ArrayList<>();

    @Override
    public void step(Step done) {}

    @Override
    public void preview(int step, Adapter adapter) {
      previews.add(adapter);
    }

    @Override
    public void validated(int step, double loss, boolean best) {
      losses.add(loss);
    }
  }

  /** Batch of one input. */
  private record Batch(long number) implements TrainingBatch {
    @Override
    public List<Tensor> inputs(Scope scope) {
      return List.of(SyntheticNetwork.input(scope, number));
    }

    @Override
    public List<Double> progress() {
      double way = (number % WAYS + 1) / (double) WAYS;
      return Collections.nCopies((int) SyntheticNetwork.INPUT.size(0), way);
    }

    @Override
    public List<String> items() {
      return List.of("input " + number);
    }
  }

  /** Optimizer without decay, which would change what no gradient reaches. */
  private static final AdamW ADAM = new AdamW(0.9, 0.999, 1e-8, 0);

  /** Trains. */
  static Trained of(Scope scope, SyntheticNetwork net, AdapterPlan plan, int steps, double rate) {
    TrainingSettings settings =
        TrainingSettings.of(ADAM, rate, RateSchedule.of(new Constant(), steps))
            .withStored(DType.F32);
    Heard heard = new Heard();
    NetTraining task = new NetTraining(net, plan, DType.F32);
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(scope, task, settings, CheckpointPolicy.NOTHING, heard, sign)) {
            Adapter after = loop.run("trained").adapter();
            return new Trained(heard.previews.get(0), after, heard.losses);
          }
        });
  }

  @Override
  public Expr loss(Staging at) {
    FrozenWeights weights = new FrozenWeights(compute, "", net.forms());
    return SyntheticNetwork.loss(at.graph(), weights, at.adapters(), compute).to(at.type());
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return net.numbers(scope, site);
  }

  @Override
  public Tensor bias(Site site) {
    return net.parameter(site, "bias");
  }

  @Override
  public Tensor held(String name) {
    return net.tensor(name);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    return LongStream.range(first, first + count).<TrainingBatch>mapToObj(Batch::new).toList();
  }

  @Override
  public List<TrainingBatch> heldOut() {
    return List.of(new Batch(HELD_OUT));
  }

  @Override
  public boolean denoises() {
    return true;
  }

  @Override
  public String items() {
    return "inputs";
  }
}
