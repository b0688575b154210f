package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * New values of a layer's weight or bias in place of the base's, as PEFT saves layers that were
 * trained whole ({@code modules_to_save}, {@code bias}): {@code W + strength * (V - W)}. Unlike a
 * {@linkplain DiffMethod change} it does not depend on what the base has there, such as a head that
 * started from chance.
 */
@Extension(
    point = AdapterMethod.class,
    name = ModulesToSaveMethod.NAME,
    help = "New values in place of a layer's own")
public final class ModulesToSaveMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "replaced";

  /** Role of the new weight, in the shape of the layer's. */
  public static final String WEIGHT = "new_weight";

  /** Role of the new bias, [out]. */
  public static final String BIAS = "new_bias";

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.allOf(Site.Kind.class);
  }

  @Override
  public Set<String> roles() {
    return Set.of(WEIGHT, BIAS);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(WEIGHT) || tensors.has(BIAS);
  }

  @Override
  public Factors read(SiteTensors in) {
    SortedMap<String, HostTensor> values = new TreeMap<>();
    if (in.has(WEIGHT)) {
      values.put(WEIGHT, in.tensor(WEIGHT, in.site().weight()));
    }
    if (in.has(BIAS)) {
      if (!in.site().bias()) {
        throw in.wrong(BIAS, "absent, as this layer of the base has no bias");
      }
      values.put(BIAS, in.tensor(BIAS, Shape.of(in.site().out())));
    }
    return new Factors(NAME, values, new TreeMap<>());
  }

  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> values = new TreeMap<>(factors.tensors());
    values.replaceAll((role, tensor) -> share.of(tensor));
    return new Factors(NAME, values, factors.settings());
  }

  @Override
  public boolean replaces() {
    return true;
  }

  @Override
  public boolean overrides(FactorStructure earlier) {
    return true;
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    return factors.find(WEIGHT).map(v -> between(weight, v, strength)).orElse(weight);
  }

  @Override
  public boolean changesBias(FactorStructure factors) {
    return factors.has(BIAS);
  }

  @Override
  public Expr transformBias(Site site, Expr bias, StagedFactors factors, Expr strength) {
    return between(bias, factors.get(BIAS), strength);
  }

  /** Interpolates: exactly {@code from} at strength 0 and exactly {@code to} at strength 1. */
  private static Expr between(Expr from, Expr to, Expr strength) {
    return from.lerp(to.to(from.dtype()), strength.to(from.dtype()));
  }
}
