package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The change of a weight stored whole, scale 1: {@code diff} of layers, {@code w_norm} of norms.
 * Files may use either name for either.
 */
@Extension(
    point = AdapterMethod.class,
    name = DiffMethod.NAME,
    help = "The change of a weight, whole")
public final class DiffMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "diff";

  private static final String NORM = "w_norm";

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.allOf(Site.Kind.class);
  }

  @Override
  public Set<String> roles() {
    return Set.of(NAME, NORM);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(NAME) || tensors.has(NORM);
  }

  @Override
  public Factors read(SiteTensors in) {
    String role = in.has(NAME) ? NAME : NORM;
    if (in.has(NAME) && in.has(NORM)) {
      throw in.wrong(NORM, "absent beside " + in.key(NAME) + ", which is for the same weight");
    }
    HostTensor change = in.tensor(role, in.site().weight());
    return Factors.of(NAME, Map.of(NAME, change), Map.of());
  }

  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    return Factors.of(NAME, Map.of(NAME, share.of(factors.tensor(NAME))), Map.of());
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    HostTensor change = factors.tensor(NAME);
    // Only norms have weights of one dimension.
    return new TreeMap<>(Map.of(change.shape().rank() == 1 ? NORM : NAME, change));
  }

  @Override
  public double scale(FactorStructure factors) {
    return 1;
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return factors.get(NAME);
  }
}
