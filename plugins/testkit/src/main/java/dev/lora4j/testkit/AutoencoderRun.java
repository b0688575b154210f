package dev.lora4j.testkit;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** An autoencoder with weights of random numbers, run as a base runs it. */
record AutoencoderRun(Engine engine, AutoencoderNetwork network) {
  private static final String MODEL = "vae";

  /** Parameters of both halves, each once. */
  List<Parameter> parameters() {
    Set<Parameter> all = new LinkedHashSet<>();
    for (Network.Staging half : List.of(encoder(DType.F32), decoder(DType.F32))) {
      all.addAll(Network.parameters(DType.F32, half));
    }
    return new ArrayList<>(all);
  }

  private Network.Staging encoder(DType compute) {
    return StagedNetworks.encoder(network, compute);
  }

  private Network.Staging decoder(DType compute) {
    return StagedNetworks.decoder(network, compute);
  }

  /** Random numbers; the first rows of more are those of fewer. */
  static HostTensor numbers(long rows, long channels, long side) {
    return SyntheticLayer.numbers(
        Shape.of(rows, channels, side, side), new SplittableRandom(channels));
  }

  /** Mean and log-variance of pictures. */
  List<HostTensor> encoded(HostTensor pictures, DType compute) {
    return run(encoder(compute), "x", pictures, compute);
  }

  /** Pictures of latents. */
  HostTensor decoded(HostTensor latents, DType compute) {
    return run(decoder(compute), "z", latents, compute).get(0);
  }

  private List<HostTensor> run(
      Network.Staging staging, String input, HostTensor values, DType compute) {
    try (Scope scope = engine.scope("autoencoder")) {
      Network compiled = Network.compile(scope, MODEL, compute, staging);
      WeightStore weights = SyntheticWeights.of(scope, parameters(), compute);
      return compiled.run(scope, weights, Map.of(input, values.on(scope))).stream()
          .map(HostTensor::of)
          .toList();
    }
  }
}
