package dev.lora4j.testkit;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A text encoder with weights of random numbers, run as a base runs it. */
record EncoderRun(Engine engine, TextEncoderNetwork network) {
  private static final String MODEL = "text_encoder";

  /**
   * Vectors in the place of tokens.
   *
   * @param place of all the tokens of the batch
   * @param values as many as the encoder is wide
   */
  record Vector(long place, HostTensor values) {}

  private Network.Staging staging(DType compute, AdapterInputs adapters, boolean replaces) {
    return StagedNetworks.text(network, HiddenLayer.LAST, compute, adapters, replaces);
  }

  /** Parameters of the network. */
  List<Parameter> parameters() {
    return Network.parameters(DType.F32, staging(DType.F32, AdapterInputs.NONE, false));
  }

  /** Stages it to be looked at without so many of its layers. */
  void skipping(int layers) {
    HiddenLayer view = new HiddenLayer(layers, false);
    Network.parameters(
        DType.F32, StagedNetworks.text(network, view, DType.F32, AdapterInputs.NONE, false));
  }

  /** Its layers. */
  List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    AdapterInputs seeing =
        graph ->
            (site, x, y) -> {
              sites.add(site);
              return y;
            };
    Network.walk(MODEL, DType.F32, staging(DType.F32, seeing, false));
    return sites;
  }

  /**
   * Outputs of the encoder for texts.
   *
   * @param ids of each text, all as many
   * @param ends of each text
   * @return [texts, tokens, width], and [texts, pooledWidth] if it pools
   */
  List<HostTensor> of(List<int[]> ids, List<Integer> ends, List<Vector> vectors, DType compute) {
    try (Scope scope = engine.scope("encoder")) {
      Network compiled =
          Network.compile(
              scope, MODEL, compute, staging(compute, AdapterInputs.NONE, !vectors.isEmpty()));
      WeightStore weights = SyntheticWeights.of(scope, parameters(), compute);
      return compiled.run(scope, weights, data(scope, ids, ends, vectors)).stream()
          .map(HostTensor::of)
          .toList();
    }
  }

  private Map<String, Tensor> data(
      Scope scope, List<int[]> ids, List<Integer> ends, List<Vector> vectors) {
    int tokens = ids.get(0).length;
    long[] all = new long[ids.size() * tokens];
    long[] at = new long[ids.size()];
    for (int row = 0; row < ids.size(); row++) {
      for (int t = 0; t < tokens; t++) {
        all[row * tokens + t] = ids.get(row)[t];
      }
      at[row] = ends.get(row);
    }
    Map<String, Tensor> data = new HashMap<>();
    data.put("ids", Tensor.ofLongs(scope, Shape.of(ids.size(), tokens), all));
    if (StagedNetworks.takesEnds(network)) {
      data.put("end", Tensor.ofLongs(scope, Shape.of(at.length), at));
    }
    if (!vectors.isEmpty()) {
      long[] places = vectors.stream().mapToLong(Vector::place).toArray();
      float[] values = new float[places.length * network.width()];
      for (int i = 0; i < values.length; i++) {
        double[] of = vectors.get(i / network.width()).values().doubles();
        values[i] = (float) of[i % network.width()];
      }
      data.put("places", Tensor.ofLongs(scope, Shape.of(places.length), places));
      data.put("vectors", Tensor.of(scope, Shape.of(places.length, network.width()), values));
    }
    return data;
  }
}
