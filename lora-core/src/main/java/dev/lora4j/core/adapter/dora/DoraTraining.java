package dev.lora4j.core.adapter.dora;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
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
 * @param inner gives the delta: the name of an {@link AdditiveTraining}, perhaps with settings
 * @param onOutput whether there is one length by output channel ({@code wd_on_out}), else one by
 *     input channel
 */
@Extension(
    point = TrainableMethod.class,
    name = DoraMethod.NAME,
    help = "DoRA around a sum: lengths and directions are trained apart")
public record DoraTraining(
    @Setting(
            help = "Method that gives the change, with its settings, as in lokr:factor=8",
            defaultValue = "lora")
        String inner,
    @Setting(help = "Whose form", defaultValue = "lycoris") ToolConvention convention,
    @Setting(
            name = "wd_on_out",
            help = "One length for each output channel, else for each input channel",
            defaultValue = "true")
        boolean onOutput)
    implements TrainableMethod {
  /** Part with the lengths. */
  public static final String MAGNITUDE = "magnitude";

  /** Checks the form and the inner method. */
  public DoraTraining {
    if (convention == ToolConvention.PEFT && !onOutput) {
      throw new IllegalArgumentException(
          "PEFT's DoRA has its lengths by output; wd_on_out false is LyCORIS's.");
    }
    around(inner);
  }

  private AdditiveTraining around() {
    return around(inner);
  }

  private static AdditiveTraining around(String inner) {
    // Made by itself: to ask for all methods would be to ask for this one too.
    if (Extensions.installed().make(TrainableMethod.class, inner) instanceof AdditiveTraining sum) {
      return sum;
    }
    throw new IllegalArgumentException(
        "DoRA goes around a method that trains a sum, and "
            + inner
            + " is none, or trains parts of it in turn; take inner = lora, loha or lokr.");
  }

  /** Arguments of the wrapped method, with {@code dora_wd}. */
  @Override
  public SortedMap<String, String> lycorisArguments() {
    SortedMap<String, String> arguments = around().lycorisArguments();
    arguments.put("dora_wd", "True");
    if (!onOutput) {
      arguments.put("wd_on_output", "False");
    }
    return arguments;
  }

  @Override
  public Set<Site.Kind> kinds() {
    return around().kinds();
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  /**
   * Those of the wrapped method whose product begins as 0, so that the magnitude is the weight's.
   */
  @Override
  public Set<FactorInit> starts() {
    Set<FactorInit> starts = EnumSet.noneOf(FactorInit.class);
    starts.addAll(around().starts());
    starts.removeIf(start -> start == FactorInit.LOFTQ || start.ofData());
    return starts;
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    List<TrainedTensor> tensors = new ArrayList<>(around().tensors(site, recipe));
    Shape shape = Magnitude.single(site, onOutput ? 0 : 1);
    TensorInit start = new TensorInit.OfWeight(weight -> List.of(length(weight, shape)), 0);
    tensors.add(TrainedTensor.of(MAGNITUDE, shape, start));
    return tensors;
  }

  @Override
  public SortedMap<String, HostTensor> fixed(Site site, SiteRecipe recipe) {
    return around().fixed(site, recipe);
  }

  private Expr length(Expr weight, Shape shape) {
    return Magnitude.length(weight, shape, onOutput ? 0 : 1, weight.dtype());
  }

  @Override
  public long storedRank(SiteRecipe recipe) {
    return around().storedRank(recipe);
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return around().scale(site, recipe);
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Site site = layer.site();
    Expr magnitude = factors.get(MAGNITUDE);
    Expr direction = layer.weight().to(magnitude.dtype()).add(around().delta(site, factors));
    boolean peft = convention == ToolConvention.PEFT;
    Expr length = length(peft ? direction.detach() : direction, magnitude.shape());
    Expr growth = magnitude.div(peft ? length : length.add(DoraMethod.EPSILON)).sub(1);
    DType type = x.dtype();
    if (onOutput) {
      Expr y = layer.withoutBias().output(x).add(around().unmerged(site, x, factors.moduleKept()));
      Expr scaled = y.add(y.mul(byChannel(site, factors.kept(growth)).to(type)));
      return layer.bias().map(b -> scaled.add(byChannel(site, b))).orElse(scaled);
    }
    Expr input = x.add(x.mul(byChannel(site, factors.kept(growth)).to(type)));
    return layer.output(input).add(around().unmerged(site, input, factors.moduleKept()));
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
    Factors delta = around().factors(site, recipe, others).get(0);
    SortedMap<String, HostTensor> tensors = new TreeMap<>(delta.tensors());
    tensors.put(convention == ToolConvention.PEFT ? Magnitude.PEFT : Magnitude.LYCORIS, magnitude);
    SortedMap<String, String> settings = new TreeMap<>(delta.settings());
    settings.put(DoraMethod.INNER, delta.method());
    return List.of(new Factors(name(), tensors, settings));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    Factors all = found.get(0);
    String role = convention == ToolConvention.PEFT ? Magnitude.PEFT : Magnitude.LYCORIS;
    HostTensor magnitude = all.tensors().get(role);
    if (found.size() > 1 || magnitude == null) {
      return Optional.empty();
    }
    SortedMap<String, HostTensor> tensors = new TreeMap<>(all.tensors());
    tensors.remove(role);
    SortedMap<String, String> settings = new TreeMap<>(all.settings());
    String method = Optional.ofNullable(settings.remove(DoraMethod.INNER)).orElse("");
    return around()
        .warmStart(site, List.of(new Factors(method, tensors, settings)))
        .map(
            delta -> {
              Map<String, HostTensor> values = new TreeMap<>(delta.values());
              values.put(MAGNITUDE, magnitude);
              return new WarmStartFactors(delta.recipe(), values);
            });
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("DoraTraining")
        .with("inner", inner)
        .with("convention", convention)
        .with("onOutput", onOutput)
        .text();
  }
}
