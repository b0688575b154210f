package dev.lora4j.core.adapter.dora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.Convention;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorsStart;
import dev.lora4j.core.adapter.training.Options;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.Start;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Training of DoRA (Liu et al. 2024) around an additive method: {@code magnitude * V / |V|} with
 * {@code V = W + delta}; the magnitude begins as the lengths of W.
 *
 * <p>In PEFT's form {@code |V|} is a constant to the gradient, as the paper proposes, and lengths
 * are by output. In LyCORIS's the gradient goes through it, and the smallest step of F32 above 1 is
 * added to it. The product with the input is scaled by channel, so that no changed weight meets the
 * input and none needs a gradient.
 *
 * @param inner gives the delta
 * @param onOutput whether there is one length by output channel ({@code wd_on_out}), else one by
 *     input channel
 */
public record DoraTraining(AdditiveTraining inner, Convention convention, boolean onOutput)
    implements TrainableMethod {
  /** Part with the lengths. */
  public static final String MAGNITUDE = "magnitude";

  private static final String INNER = "inner";
  private static final String CONVENTION = "convention";
  private static final String ON_OUTPUT = "wd_on_out";

  /** Around LoRA, in LyCORIS's form, by output. */
  public DoraTraining() {
    this(new LoraTraining(), Convention.LYCORIS, true);
  }

  /** Checks the form. */
  public DoraTraining {
    if (convention == Convention.PEFT && !onOutput) {
      throw new IllegalArgumentException(
          "PEFT's DoRA has its lengths by output; " + ON_OUTPUT + " false is LyCORIS's.");
    }
  }

  @Override
  public String name() {
    return DoraMethod.NAME;
  }

  @Override
  public Set<Site.Kind> kinds() {
    return inner.kinds();
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  @Override
  public Set<FactorsStart> starts() {
    return inner.starts();
  }

  @Override
  public SortedMap<String, String> options() {
    SortedMap<String, String> options = new TreeMap<>(inner.options());
    options.put(INNER, inner.name());
    options.put(CONVENTION, convention.name().toLowerCase(Locale.ROOT));
    options.put(ON_OUTPUT, Boolean.toString(onOutput));
    return options;
  }

  @Override
  public TrainableMethod with(String option, String value) {
    return switch (option) {
      case INNER -> new DoraTraining(additive(value), convention, onOutput);
      case CONVENTION ->
          new DoraTraining(inner, Options.choice(option, value, Convention.class), onOutput);
      case ON_OUTPUT -> new DoraTraining(inner, convention, Options.flag(option, value));
      default -> around(option, value);
    };
  }

  private DoraTraining around(String option, String value) {
    if (inner.options().containsKey(option)
        && inner.with(option, value) instanceof AdditiveTraining changed) {
      return new DoraTraining(changed, convention, onOutput);
    }
    throw Options.unknown(name(), option, options());
  }

  private static AdditiveTraining additive(String name) {
    if (TrainableMethods.named(name, Map.of()) instanceof AdditiveTraining additive) {
      return additive;
    }
    throw new IllegalArgumentException("DoRA's " + INNER + " " + name + " is no sum.");
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    List<TrainedTensor> tensors = new ArrayList<>(inner.tensors(site, recipe));
    Shape shape = Magnitude.single(site, onOutput ? 0 : 1);
    Start start = new Start.OfWeight(weight -> List.of(length(weight, shape)), 0);
    tensors.add(TrainedTensor.of(MAGNITUDE, shape, start));
    return tensors;
  }

  private Expr length(Expr weight, Shape shape) {
    return Magnitude.length(weight, shape, onOutput ? 0 : 1, weight.dtype());
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return inner.scale(site, recipe);
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Site site = layer.site();
    Expr magnitude = factors.get(MAGNITUDE);
    Expr direction = layer.weight().to(magnitude.dtype()).add(inner.delta(site, factors));
    boolean peft = convention == Convention.PEFT;
    Expr length = length(peft ? direction.detach() : direction, magnitude.shape());
    Expr growth = magnitude.div(peft ? length : length.add(DoraMethod.EPSILON)).sub(1);
    DType type = x.dtype();
    if (onOutput) {
      Expr y =
          layer
              .output(x, layer.weight(), Optional.empty())
              .add(inner.beside(site, x, factors.moduleKept()));
      Expr scaled = y.add(y.mul(byChannel(site, kept(factors, growth)).to(type)));
      return layer.bias().map(b -> scaled.add(byChannel(site, b))).orElse(scaled);
    }
    Expr input = x.add(x.mul(byChannel(site, kept(factors, growth)).to(type)));
    return layer.output(input).add(inner.beside(site, input, factors.moduleKept()));
  }

  private static Expr kept(TrainedFactors factors, Expr growth) {
    return factors.kept(growth.mul(0), growth);
  }

  /** Values by channel in the shape that multiplies inputs or outputs of the layer. */
  private static Expr byChannel(Site site, Expr values) {
    long count = values.shape().elements();
    int sizes = site.convolution() ? site.weight().rank() - 2 : 0;
    long[] shape = new long[1 + sizes];
    Arrays.fill(shape, 1);
    shape[0] = count;
    return values.reshape(shape);
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    Map<String, HostTensor> others = new TreeMap<>(values);
    HostTensor magnitude = others.remove(MAGNITUDE);
    if (magnitude == null) {
      throw new IllegalArgumentException("no " + MAGNITUDE + " of " + site.name());
    }
    Factors delta = inner.factors(site, recipe, others).get(0);
    SortedMap<String, HostTensor> tensors = new TreeMap<>(delta.tensors());
    tensors.put(convention == Convention.PEFT ? Magnitude.PEFT : Magnitude.LYCORIS, magnitude);
    SortedMap<String, String> settings = new TreeMap<>(delta.settings());
    settings.put(DoraMethod.INNER, delta.method());
    return List.of(new Factors(name(), tensors, settings));
  }
}
