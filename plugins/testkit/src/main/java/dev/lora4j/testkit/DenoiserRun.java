package dev.lora4j.testkit;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.nn.Weights;
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
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** A denoiser with weights of random numbers, run as a base runs it. */
record DenoiserRun(Engine engine, DenoiserNetwork network) {
  /** Number of words of the texts. */
  static final int WORDS = 5;

  private Network.Staging staging(DType compute, boolean regional) {
    return StagedNetworks.denoiser(network, compute, AdapterInputs.NONE, regional);
  }

  /** Parameters of the network. */
  List<Parameter> parameters() {
    return Network.parameters(DType.F32, staging(DType.F32, false));
  }

  /** Inputs for pictures of random numbers; the first of more are those of fewer. */
  Map<String, HostTensor> pictures(int count, int side) {
    Map<String, HostTensor> inputs = new HashMap<>();
    inputs.put("x", numbers(Shape.of(count, network.inChannels(), side, side), 1));
    float[] timesteps = new float[count];
    for (int i = 0; i < count; i++) {
      timesteps[i] = 100 * (i + 1);
    }
    inputs.put("timesteps", HostTensor.of(Shape.of(count), timesteps));
    inputs.put("context", numbers(Shape.of(count, WORDS, network.crossAttentionDim()), 2));
    if (network.pooledWidth() > 0) {
      inputs.put("pooled", numbers(Shape.of(count, network.pooledWidth()), 3));
    }
    if (network.sized()) {
      inputs.put("sizes", numbers(Shape.of(count, AddedConditioning.SIZES), 4));
    }
    if (network.guidanceWidth() > 0) {
      inputs.put(StagedNetworks.GUIDANCE, numbers(Shape.of(count, network.guidanceWidth()), 6));
    }
    return inputs;
  }

  /** One of the inputs. */
  static <T> T named(Map<String, T> inputs, String name) {
    return Objects.requireNonNull(inputs.get(name), name);
  }

  /** Random numbers of a seed. */
  static HostTensor numbers(Shape shape, long seed) {
    return SyntheticLayer.numbers(shape, new SplittableRandom(seed));
  }

  /** Prediction of the network, with shares of contexts if {@code regional}. */
  HostTensor of(Map<String, HostTensor> inputs, DType compute, boolean regional) {
    try (Scope scope = engine.scope("denoiser")) {
      Network compiled =
          Network.compile(scope, network.component(), compute, staging(compute, regional));
      WeightStore weights = SyntheticWeights.of(scope, parameters(), compute);
      Map<String, Tensor> data = new HashMap<>();
      inputs.forEach((name, values) -> data.put(name, values.on(scope)));
      return HostTensor.of(compiled.run(scope, weights, data).get(0));
    }
  }

  /** The gradient of the mean square of what it predicts, with respect to the latents. */
  HostTensor gradient(Map<String, HostTensor> inputs, boolean checkpointing, boolean sparing) {
    try (Scope scope = engine.scope("gradient")) {
      Graph graph = new Graph();
      if (sparing) {
        graph.lowMemory();
      }
      FrozenWeights source = new FrozenWeights(DType.F32, "weight:");
      Map<String, Expr> staged = new LinkedHashMap<>();
      inputs.forEach(
          (name, values) -> staged.put(name, graph.input(name, DType.F32, values.shape())));
      Expr x = named(staged, "x").trainable();
      Optional<AddedConditioning> told =
          Optional.ofNullable(staged.get("pooled"))
              .map(
                  pooled ->
                      new AddedConditioning(pooled, Optional.ofNullable(staged.get("sizes"))));
      DenoiserInputs seen =
          new DenoiserInputs(
              x,
              named(staged, "timesteps"),
              TextConditioning.of(named(staged, "context")),
              told,
              Optional.ofNullable(staged.get(StagedNetworks.GUIDANCE)),
              List.of());
      Weights at = Weights.of(graph, network.component(), source, SiteAdapters.NONE);
      Expr loss = network.stage(at, seen, checkpointing).pow(2).mean();
      Program program = graph.training(scope, graph.gradients(loss, List.of(x)));
      WeightStore weights = SyntheticWeights.of(scope, parameters(), DType.F32);
      HeldInputs held =
          program.hold(
              scope, source.parameters().stream().map(p -> weights.tensor(p.name())).toList());
      Map<String, Tensor> data = new HashMap<>();
      inputs.forEach((name, values) -> data.put(name, values.on(scope)));
      return HostTensor.of(program.run(scope, held, data).get(0));
    }
  }

  /** {@link #of} in F32 with one context for the whole picture. */
  HostTensor of(Map<String, HostTensor> inputs) {
    return of(inputs, DType.F32, false);
  }

  /**
   * Stages it for pictures of one size, with conditioning that it must refuse if {@code wrongly}.
   */
  void stage(int side, boolean wrongly, SiteAdapters seeing) {
    Graph graph = new Graph();
    Shape latents = Shape.of(2, network.inChannels(), side, side);
    Expr x = graph.input("x", DType.F32, latents);
    Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(2));
    Shape words = Shape.of(2, WORDS, network.crossAttentionDim());
    Expr context = graph.input("context", DType.F32, words);
    boolean tells = network.pooledWidth() > 0 != wrongly;
    Shape sized = Shape.of(2, AddedConditioning.SIZES);
    Optional<Expr> sizes =
        network.sized() || wrongly
            ? Optional.of(graph.input("sizes", DType.F32, sized))
            : Optional.empty();
    Optional<AddedConditioning> told =
        tells
            ? Optional.of(
                new AddedConditioning(
                    graph.input(
                        "pooled", DType.F32, Shape.of(2, Math.max(1, network.pooledWidth()))),
                    sizes))
            : Optional.empty();
    Weights at = Weights.of(graph, network.component(), new FrozenWeights(DType.F32, ""), seeing);
    Optional<Expr> guidance =
        network.guidanceWidth() > 0 != wrongly
            ? Optional.of(
                graph.input(
                    StagedNetworks.GUIDANCE,
                    DType.F32,
                    Shape.of(2, Math.max(1, network.guidanceWidth()))))
            : Optional.empty();
    TextConditioning text = TextConditioning.of(context);
    network.stage(at, new DenoiserInputs(x, timesteps, text, told, guidance, List.of()), false);
  }
}
