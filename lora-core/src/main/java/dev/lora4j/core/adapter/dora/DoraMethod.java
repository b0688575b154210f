package dev.lora4j.core.adapter.dora;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.adapter.full.BiasMethod;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * DoRA around any additive change of a linear layer or convolution: {@code V = W + scale * delta},
 * {@code W' = magnitude * V / |V|}, with one length by output channel or by input channel. Strength
 * blends: {@code W + strength * (W' - W)}.
 *
 * <p>LyCORIS's {@code dora_scale} adds the smallest step of F32 above 1 to the length; PEFT's
 * {@code lora_magnitude_vector} does not.
 */
@Extension(
    point = AdapterMethod.class,
    name = DoraMethod.NAME,
    help = "DoRA: lengths apart from directions, around any sum")
public final class DoraMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "dora";

  /** Setting with the method that gives the delta. */
  public static final String INNER = "dora_inner";

  private static final String SCALE = "scale";
  static final double EPSILON = Math.ulp(1f);

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(Magnitude.LYCORIS, Magnitude.PEFT);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(Magnitude.LYCORIS) || tensors.has(Magnitude.PEFT);
  }

  @Override
  public Factors read(SiteTensors in) {
    HostTensor magnitude = Magnitude.read(in);
    String role = in.has(Magnitude.PEFT) ? Magnitude.PEFT : Magnitude.LYCORIS;
    Factors delta = inner(in, role).read(in);
    SortedMap<String, HostTensor> tensors = new TreeMap<>(delta.tensors());
    tensors.put(role, magnitude);
    SortedMap<String, String> settings = new TreeMap<>(delta.settings());
    settings.put(INNER, delta.method());
    return new Factors(NAME, tensors, settings);
  }

  private static AdditiveMethod inner(SiteTensors in, String role) {
    List<AdapterMethod> all =
        Methods.all().values().stream()
            .filter(
                m -> !Set.of(NAME, BiasMethod.NAME).contains(m.name()) && Methods.recognises(m, in))
            // PEFT's new bias of a layer, which no direction or length is of.
            .filter(
                m ->
                    !m.name().equals(ModulesToSaveMethod.NAME)
                        || in.has(ModulesToSaveMethod.WEIGHT))
            .toList();
    if (in.has(BiasMethod.UP)) {
      throw in.wrong(BiasMethod.UP, "absent beside " + in.key(role) + ", as in PEFT");
    }
    if (all.size() == 1 && all.get(0) instanceof AdditiveMethod method) {
      return method;
    }
    throw in.wrong(
        role,
        all.isEmpty()
            ? "beside factors that change the direction; there are none that are complete"
            : "beside one additive method for the weight alone, but there are "
                + String.join(" and ", all.stream().map(AdapterMethod::name).toList()));
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    SortedMap<String, HostTensor> magnitude = new TreeMap<>();
    for (String role : roles()) {
      if (tensors.containsKey(role)) {
        magnitude.put(role, tensors.remove(role));
      }
    }
    SortedMap<String, String> settings = new TreeMap<>(factors.settings());
    String inner = settings.remove(INNER);
    SortedMap<String, HostTensor> all =
        inner(factors.structure()).write(new Factors(inner, tensors, settings));
    all.putAll(magnitude);
    return all;
  }

  private static AdditiveMethod inner(FactorStructure factors) {
    return Methods.additive(factors.setting(INNER));
  }

  /** Structure of the inner method's factors. */
  private static FactorStructure unwrapped(FactorStructure factors) {
    SortedMap<String, FactorStructure.Type> tensors = new TreeMap<>(factors.tensors());
    tensors.keySet().removeAll(Set.of(Magnitude.LYCORIS, Magnitude.PEFT));
    FactorStructure inner =
        new FactorStructure(factors.setting(INNER), tensors, factors.settings());
    return inner.without(INNER);
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return inner(factors).chosenRank(unwrapped(factors));
  }

  /** Rows of the inner factors, and their lengths; lengths by input are of all rows. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    String role =
        factors.tensors().containsKey(Magnitude.PEFT) ? Magnitude.PEFT : Magnitude.LYCORIS;
    HostTensor magnitude = factors.tensor(role);
    if (magnitude.shape().size(0) != whole.out()) {
      throw new AdapterException(
          "The DoRA for "
              + whole.name()
              + " "
              + whole.weight()
              + ", which is several layers in the base, cannot be divided among them: its lengths"
              + " are by input, over the rows of all of them.");
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.remove(role);
    SortedMap<String, String> settings = new TreeMap<>(factors.settings());
    String inner = settings.remove(INNER);
    Factors delta =
        inner(factors.structure()).rows(whole, new Factors(inner, tensors, settings), share);
    SortedMap<String, HostTensor> all = new TreeMap<>(delta.tensors());
    all.put(role, share.of(magnitude));
    SortedMap<String, String> also = new TreeMap<>(delta.settings());
    also.put(INNER, delta.method());
    return new Factors(NAME, all, also);
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    FactorStructure form = inner(factors).form(unwrapped(factors));
    SortedMap<String, FactorStructure.Type> tensors = new TreeMap<>(factors.tensors());
    tensors.putAll(form.tensors());
    SortedMap<String, String> settings = new TreeMap<>(form.settings());
    settings.put(INNER, form.method());
    return new FactorStructure(NAME, tensors, settings);
  }

  @Override
  public SortedMap<String, Double> numbers(FactorStructure factors) {
    FactorStructure inner = unwrapped(factors);
    SortedMap<String, Double> numbers = new TreeMap<>(inner(factors).numbers(inner));
    if (numbers.put(SCALE, inner(factors).scale(inner)) != null) {
      throw new AdapterException(
          "The method " + inner.method() + " calls a number " + SCALE + ", as DoRA does.");
    }
    return numbers;
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    FactorStructure structure = factors.structure();
    Expr delta = inner(structure).delta(site, factors.as(unwrapped(structure)));
    Expr direction = weight.add(delta.mul(factors.number(SCALE)));
    boolean peft = structure.has(Magnitude.PEFT);
    Expr magnitude = factors.get(peft ? Magnitude.PEFT : Magnitude.LYCORIS);
    Expr length = Magnitude.length(direction, magnitude.shape());
    Expr factor = magnitude.to(DType.F64).div(peft ? length : length.add(EPSILON));
    Expr share = strength.to(DType.F64);
    Expr changed = direction.mul(factor.mul(share).to(DType.F32));
    return weight.mul(share.neg().add(1).to(DType.F32)).add(changed);
  }

  /** Returns true for earlier factors that change lengths, as this method sets them. */
  @Override
  public boolean overrides(FactorStructure earlier) {
    AdapterMethod method = Methods.named(earlier.method());
    if (method.name().equals(ModulesToSaveMethod.NAME)) {
      return earlier.has(ModulesToSaveMethod.WEIGHT);
    }
    return !(method instanceof AdditiveMethod sum && sum.target(earlier) != LayerParameter.WEIGHT);
  }
}
