package dev.lora4j.mixers.deltas;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small adapters with factors of several kinds, and what they change. */
final class Samples {
  static final Site LINEAR = Site.linear("unet.linear", Shape.of(12, 9), true);
  static final Site SAME = Site.linear("unet.same", Shape.of(12, 9), true);
  static final Site CONV = Site.convolution("unet.conv", Shape.of(6, 4, 3, 3), 1, 1);
  static final Site NORM = Site.norm("unet.norm", 7);
  static final Map<String, Site> SITES = byName(LINEAR, SAME, CONV, NORM);

  private final Random random;

  Samples(long seed) {
    random = new Random(seed);
  }

  static Map<String, Site> byName(Site... sites) {
    Map<String, Site> all = new LinkedHashMap<>();
    for (Site site : sites) {
      all.put(site.name(), site);
    }
    return all;
  }

  /** LoRA at three layers, with a bias, and a change of a norm. */
  Adapter next(String name) {
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    all.put(
        LINEAR.name(),
        List.of(lora(LINEAR, 2, 3), FullDelta.factors(LINEAR, LayerParameter.BIAS, values(12))));
    all.put(SAME.name(), List.of(lora(SAME, 3, 2)));
    all.put(CONV.name(), List.of(lora(CONV, 2, 1)));
    all.put(NORM.name(), List.of(FullDelta.factors(NORM, LayerParameter.WEIGHT, values(7))));
    return new Adapter(name, all, Map.of());
  }

  Factors lora(Site site, int rank, double alpha) {
    return LoraMath.factors(
        values(LowRank.down(site, rank).sizes()), values(LowRank.up(site, rank).sizes()), alpha);
  }

  private HostTensor values(long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(shape, values);
  }

  /** An adapter with one whole change of one layer. */
  static Adapter whole(String name, Site site, float... values) {
    HostTensor change = HostTensor.of(site.weight(), values);
    return new Adapter(
        name,
        Map.of(site.name(), List.of(FullDelta.factors(site, LayerParameter.WEIGHT, change))),
        Map.of());
  }

  /** All that an adapter changes, by parameter, summed up in doubles. */
  static Map<String, double[]> changes(Adapter adapter) {
    Map<String, double[]> all = new LinkedHashMap<>();
    adapter
        .sites()
        .forEach(
            (site, factors) ->
                factors.forEach(
                    one -> {
                      String at = site + (one.method().equals("bias") ? ".bias" : ".weight");
                      all.merge(at, change(one), Samples::plus);
                    }));
    return all;
  }

  private static double[] plus(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static double[] change(Factors factors) {
    if (!factors.method().equals(LoraMethod.NAME)) {
      return List.copyOf(factors.tensors().values()).get(0).doubles();
    }
    double[] down = factors.tensor(LoraMethod.DOWN).doubles();
    double[] up = factors.tensor(LoraMethod.UP).doubles();
    int rank = (int) factors.tensor(LoraMethod.DOWN).shape().size(0);
    double scale = Double.parseDouble(factors.settings().get("alpha")) / rank;
    int rest = down.length / rank;
    double[] change = new double[up.length / rank * rest];
    for (int o = 0; o < up.length / rank; o++) {
      for (int k = 0; k < rank; k++) {
        for (int i = 0; i < rest; i++) {
          change[o * rest + i] += scale * up[o * rank + k] * down[k * rest + i];
        }
      }
    }
    return change;
  }

  /** The greatest difference of two adapters' changes; a change that is not there is 0. */
  static double apart(Adapter a, Adapter b) {
    Map<String, double[]> left = changes(a);
    Map<String, double[]> right = changes(b);
    List<String> names = new ArrayList<>(left.keySet());
    names.addAll(right.keySet());
    double most = 0;
    for (String name : names) {
      double[] x =
          left.getOrDefault(name, new double[right.getOrDefault(name, new double[0]).length]);
      double[] y = right.getOrDefault(name, new double[x.length]);
      for (int i = 0; i < x.length; i++) {
        most = Math.max(most, Math.abs(x[i] - y[i]));
      }
    }
    return most;
  }
}
