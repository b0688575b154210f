package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The factors being trained: where they stand in the network and in the flat buffer. */
final class FactorsInTraining implements SiteAdapters {
  private static final String SCALE = ".scale";

  private final FlatParameters parameters;
  private final Predicate<Site> chosen;
  private final StyleSettings settings;
  private final Set<Site> sites = new LinkedHashSet<>();
  private final Map<String, Expr> scales = new LinkedHashMap<>();

  FactorsInTraining(FlatParameters parameters, Predicate<Site> chosen, StyleSettings settings) {
    this.parameters = parameters;
    this.chosen = chosen;
    this.settings = settings;
  }

  @Override
  public Expr adapt(Site site, Expr x, Expr y) {
    boolean product = site.kind() == Site.Kind.LINEAR || site.convolution();
    if (!product || !chosen.test(site)) {
      return y;
    }
    sites.add(site);
    Expr down = parameters.leaf(LoraMath.down(site)).to(x.dtype());
    Expr up = parameters.leaf(LoraMath.up(site)).to(x.dtype());
    Expr scale =
        scales.computeIfAbsent(
            site.name() + SCALE, name -> x.graph().held(name, DType.F32, Shape.of(1, 1)));
    Optional<Expr> mix = Optional.of(scale.to(x.dtype()));
    return y.add(new LowRank(down, up).beside(site, x, mix));
  }

  /** Where each factor lies in the flat buffer. */
  FlatLayout layout() {
    return FlatLayout.of(parameters.parameters(), parameter -> settings.rank());
  }

  /** What the factors' products are multiplied by, by the name of the program's held input. */
  Map<String, Tensor> scales(Scope scope) {
    float scale = (float) (settings.alpha() / settings.rank());
    Map<String, Tensor> tensors = new HashMap<>();
    scales.keySet().forEach(name -> tensors.put(name, Tensor.of(scope, Shape.of(1, 1), scale)));
    return tensors;
  }

  /** How many sites are trained. */
  int count() {
    return sites.size();
  }

  /** The factors by site, from the flat buffer's values, rounded to the type they are stored in. */
  Map<String, List<Factors>> factors(Scope scope, float[] flat) {
    Map<String, HostTensor> byName = new HashMap<>();
    for (FlatLayout.Slot slot : layout().slots()) {
      Parameter parameter = slot.parameter();
      byName.put(parameter.name(), stored(scope, flat, slot.offset(), parameter.shape()));
    }
    Map<String, List<Factors>> factors = new HashMap<>();
    for (Site site : sites) {
      HostTensor down = found(byName, LoraMath.down(site));
      HostTensor up = found(byName, LoraMath.up(site));
      factors.put(site.name(), List.of(LoraMath.factors(down, up, settings.alpha())));
    }
    return factors;
  }

  private HostTensor stored(Scope scope, float[] flat, long offset, Shape shape) {
    int from = Math.toIntExact(offset);
    float[] values = Arrays.copyOfRange(flat, from, Math.toIntExact(from + shape.elements()));
    DType type = settings.stored();
    if (type == DType.F32) {
      return HostTensor.of(shape, values);
    }
    try (Tensor full = Tensor.of(scope, shape, values);
        Tensor rounded = full.to(scope, type)) {
      return HostTensor.of(rounded);
    }
  }

  private static HostTensor found(Map<String, HostTensor> byName, Parameter parameter) {
    HostTensor tensor = byName.get(parameter.name());
    if (tensor == null) {
      throw new IllegalStateException("no factor " + parameter.name());
    }
    return tensor;
  }
}
