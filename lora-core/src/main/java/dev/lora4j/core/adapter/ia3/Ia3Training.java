package dev.lora4j.core.adapter.ia3;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SitePattern;
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
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Training of (IA)3: one factor for each channel of a layer's output, or of its input. Inputs and
 * outputs are scaled themselves, so that no weight needs a gradient.
 *
 * <p>LyCORIS trains what is added to 1, from 0, and leaves the bias as it is; PEFT trains the
 * factor, from 1, and scales the bias on the output side as well.
 *
 * @param inputs {@linkplain SitePattern patterns} of the layers that are scaled on their input; all
 *     others are on their output
 */
@Extension(
    point = TrainableMethod.class,
    name = Ia3Method.NAME,
    help = "(IA)3: one factor for each channel")
public record Ia3Training(
    @Setting(help = "Whose form", defaultValue = "lycoris") ToolConvention convention,
    @Setting(
            help = "Patterns of layers to scale on their input, as in the paper",
            defaultValue = {"ff.net.2", "fc2", "down_proj"})
        List<String> inputs)
    implements AveragedTraining {
  /** Part with the factors. */
  public static final String SCALES = "scales";

  /** Copies the list, and checks the patterns. */
  public Ia3Training {
    inputs = List.copyOf(inputs);
    inputs.forEach(SitePattern::of);
  }

  @Override
  public Optional<ChangeForm> form(Set<String> parts) {
    return Optional.of(ChangeForm.LINEAR);
  }

  @Override
  public Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.MODULE);
  }

  private boolean onInput(Site site) {
    return inputs.stream().anyMatch(pattern -> SitePattern.of(pattern).matches(site.name()));
  }

  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    long channels = onInput(site) ? site.in() * site.groups() : site.out();
    TensorInit start = new TensorInit.Constant(convention == ToolConvention.PEFT ? 1 : 0);
    return List.of(TrainedTensor.of(SCALES, Shape.of(channels), start));
  }

  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  @Override
  public Expr apply(SiteLayer layer, Expr x, TrainedFactors factors) {
    Site site = layer.site();
    Expr trained = factors.get(SCALES);
    Expr change = convention == ToolConvention.PEFT ? trained.sub(1) : trained;
    Expr growth = factors.kept(change).to(x.dtype());
    if (onInput(site)) {
      return layer.output(grown(site, x, growth));
    }
    if (convention == ToolConvention.PEFT || layer.bias().isEmpty()) {
      return grown(site, layer.output(x), growth);
    }
    Expr y = grown(site, layer.withoutBias().output(x), growth);
    return y.add(byChannel(site, layer.bias().get()));
  }

  private static Expr grown(Site site, Expr x, Expr growth) {
    return x.add(x.mul(byChannel(site, growth)));
  }

  private static Expr byChannel(Site site, Expr values) {
    int sizes = site.convolution() ? site.weight().rank() - 2 : 0;
    long[] shape = new long[1 + sizes];
    Arrays.fill(shape, 1);
    shape[0] = values.shape().elements();
    return values.reshape(shape);
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    HostTensor scales = values.get(SCALES);
    if (scales == null) {
      throw new IllegalArgumentException("no " + SCALES + " of " + site.name());
    }
    String role = convention == ToolConvention.PEFT ? Ia3Method.PEFT : Ia3Method.WEIGHT;
    String input = Boolean.toString(onInput(site));
    return List.of(Factors.of(name(), Map.of(role, scales), Map.of(Ia3Method.ON_INPUT, input)));
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    String role = convention == ToolConvention.PEFT ? Ia3Method.PEFT : Ia3Method.WEIGHT;
    Factors scales = found.get(0);
    return found.size() == 1 && scales.tensors().containsKey(role)
        ? Optional.of(
            WarmStartFactors.of(SiteRecipe.of(scales, 1), Map.of(SCALES, scales.tensor(role))))
        : Optional.empty();
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("Ia3Training")
        .with("convention", convention)
        .with("inputs", inputs)
        .text();
  }
}
