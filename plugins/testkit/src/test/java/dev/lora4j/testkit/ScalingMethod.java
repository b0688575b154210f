package dev.lora4j.testkit;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** A method that depends on the weight and keeps its contract: rows of it grow. */
class ScalingMethod implements TransformMethod {
  /** The method itself. */
  @Extension(point = AdapterMethod.class, name = "test-scaling", help = "scales rows")
  public static final class Good extends ScalingMethod {
    /** For the host. */
    public Good() {
      super("test-scaling");
    }
  }

  private final String name;

  ScalingMethod(String name) {
    this.name = name;
  }

  /** What a file has of such a method. */
  static Map<String, HostTensor> tensors(String method, Site site, SplittableRandom random) {
    return Map.of(
        method + "_rows", SyntheticLayer.numbers(LowRank.point(site, site.out(), 1), random));
  }

  private String rows() {
    return name + "_rows";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(rows());
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(rows());
  }

  @Override
  public Factors read(SiteTensors all) {
    HostTensor rows = all.tensor(rows(), LowRank.point(all.site(), all.site().out(), 1));
    return Factors.of(name, Map.of(rows(), rows), Map.of());
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    return weight.add(weight.mul(factors.get(rows())).mul(strength));
  }
}
