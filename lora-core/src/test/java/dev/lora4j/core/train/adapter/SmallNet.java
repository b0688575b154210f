package dev.lora4j.core.train.adapter;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A network with one of each kind of layer, under names of a denoiser's. */
final class SmallNet {
  static final String MODEL = "unet";
  static final Shape INPUT = Shape.of(2, 4, 6, 6);
  private static final String BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0.";

  private SmallNet() {}

  /** x: [batch, 4, height, width], result: the same with 6 channels over height * width tokens. */
  static Expr apply(Graph graph, FrozenWeights weights, LayerAdapters adapters, Expr x) {
    Weights at = Weights.of(graph, MODEL, weights, adapters);
    Expr h = at.conv2d("down_blocks.0.resnets.0.conv1", x, 8, 3, 2, 1);
    h = at.groupNorm("down_blocks.0.attentions.0.norm", h, 2, 1e-6).silu();
    h = at.conv2d("down_blocks.0.attentions.0.proj_in", h, 12, 1, 1, 0);
    Expr tokens = h.flatten(2, 3).transpose(1, 2);
    Expr q = at.linear(BLOCK + "attn1.to_q", tokens, 8, false);
    Expr v = at.linear(BLOCK + "attn1.to_v", tokens, 8, false);
    return at.linear(BLOCK + "ff.net.2", q.silu().mul(v).add(q), 6);
  }

  static List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    SiteAdapters seeing =
        (site, x, y) -> {
          sites.add(site);
          return y;
        };
    walk(seeing);
    return sites;
  }

  private static FrozenWeights walk(LayerAdapters adapters) {
    Graph graph = new Graph();
    FrozenWeights weights = new FrozenWeights(DType.F32, "");
    apply(graph, weights, adapters, graph.input("x", DType.F32, INPUT));
    return weights;
  }

  /** Weights by name, from a seed. */
  static Map<String, HostTensor> weights() {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (Parameter parameter : walk(SiteAdapters.NONE).parameters()) {
      weights.put(parameter.name(), values(parameter.shape(), parameter.name().hashCode(), 0.4));
    }
    return weights;
  }

  /** Normal numbers. */
  static HostTensor values(Shape shape, long seed, double deviation) {
    SeededNoise noise = SeededNoise.of(seed);
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = noise.gaussian() * deviation;
    }
    return HostTensor.of(DType.F32, shape, values);
  }
}
