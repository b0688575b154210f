package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.dora.DoraMethod;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adapters of a method that has no form beside the weights. */
final class Transforming {
  private Transforming() {}

  /** DoRA with the factors of a LoRA, and lengths that are a formula of the channel. */
  static Adapter dora(String name, Adapter lora, SiteCatalogue sites) {
    Map<String, List<Factors>> made = new TreeMap<>();
    lora.sites()
        .forEach(
            (site, factors) ->
                made.put(site, List.of(dora(sites.find(site).orElseThrow(), factors.get(0)))));
    return new Adapter(name, made, Map.of());
  }

  /** (IA)3 at the sites of another adapter, by output. */
  static Adapter ia3(String name, Adapter like, SiteCatalogue sites) {
    Map<String, List<Factors>> made = new TreeMap<>();
    for (String site : like.sites().keySet()) {
      double[] factors = new double[Math.toIntExact(sites.find(site).orElseThrow().out())];
      for (int i = 0; i < factors.length; i++) {
        factors[i] = 0.5 * Math.sin(i + 1.0);
      }
      HostTensor weight = HostTensor.of(DType.F32, Shape.of(factors.length), factors);
      made.put(
          site, List.of(Factors.of("ia3", Map.of("weight", weight), Map.of("on_input", "false"))));
    }
    return new Adapter(name, made, Map.of());
  }

  private static Factors dora(Site site, Factors lora) {
    long[] sizes = new long[site.weight().rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = site.out();
    double[] lengths = new double[Math.toIntExact(site.out())];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 0.6 + 0.1 * Math.cos(i);
    }
    Map<String, HostTensor> tensors = new TreeMap<>(lora.tensors());
    tensors.put("dora_scale", HostTensor.of(DType.F32, Shape.of(sizes), lengths));
    Map<String, String> settings = new TreeMap<>(lora.settings());
    settings.put(DoraMethod.INNER, lora.method());
    return Factors.of(DoraMethod.NAME, tensors, settings);
  }
}
