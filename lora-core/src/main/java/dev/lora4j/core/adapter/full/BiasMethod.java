package dev.lora4j.core.adapter.full;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The change of a bias stored whole: {@code diff_b} of layers and {@code b_norm} of norms with
 * scale 1, {@code lora_up.bias} (PEFT's {@code lora_B.bias}) with that of the LoRA it belongs to.
 */
@Extension(
    point = AdapterMethod.class,
    name = BiasMethod.NAME,
    help = "The change of a bias, whole")
public final class BiasMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "bias";

  /** Role of the bias of a LoRA's up factor. */
  public static final String UP = "lora_up.bias";

  static final String DIFF = "diff_b";
  static final String NORM = "b_norm";
  private static final String DOWN = "lora_down.weight";
  static final String ROLE = "role";
  private static final String SCALE = "scale";

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION, Site.Kind.NORM);
  }

  @Override
  public Set<String> roles() {
    return Set.of(DIFF, NORM, UP);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return roles().stream().anyMatch(tensors::has);
  }

  @Override
  public Factors read(SiteTensors in) {
    List<String> found = roles().stream().filter(in::has).sorted().toList();
    String role = found.get(0);
    if (found.size() > 1) {
      throw in.wrong(role, "the only one for the bias, beside " + in.key(found.get(1)));
    }
    if (!in.site().bias()) {
      throw in.wrong(role, "absent, as this layer of the base has no bias");
    }
    HostTensor change = in.tensor(role, Shape.of(in.site().out()));
    Map<String, String> settings = new TreeMap<>();
    if (role.equals(UP)) {
      long rank =
          in.shape(DOWN)
              .filter(s -> s.rank() > 0 && s.size(0) > 0)
              .map(s -> s.size(0))
              .orElseThrow(() -> in.wrong(UP, "beside the " + DOWN + " of its LoRA"));
      settings.put(SCALE, Double.toString(Double.parseDouble(Alpha.read(in, rank)) / rank));
      settings.put(ROLE, UP);
    } else if (in.site().kind() == Site.Kind.NORM) {
      settings.put(ROLE, NORM);
    }
    return Factors.of(NAME, Map.of(DIFF, change), settings);
  }

  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    return Factors.of(NAME, Map.of(DIFF, share.of(factors.tensor(DIFF))), factors.settings());
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    String role = factors.settings().getOrDefault(ROLE, DIFF);
    return new TreeMap<>(Map.of(role, factors.tensor(DIFF)));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.without(SCALE, ROLE);
  }

  @Override
  public LayerParameter target(FactorStructure factors) {
    return LayerParameter.BIAS;
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.settings().containsKey(SCALE) ? factors.number(SCALE) : 1;
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return factors.get(DIFF);
  }
}
