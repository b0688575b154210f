package dev.lora4j.core.adapter.ia3;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * (IA)3 on linear layers and convolutions, in both conventions.
 *
 * <p>LyCORIS stores what is added to 1, with {@code on_input} saying on which side: {@code W * (1 +
 * strength * w)}. PEFT's {@code ia3_l} stores the factor itself: {@code W * (1 + strength * (l -
 * 1))}, and on the output side it scales the bias too, as {@code l} scales the layer's output.
 */
@Extension(
    point = AdapterMethod.class,
    name = Ia3Method.NAME,
    help = "(IA)3: one factor for each channel")
public final class Ia3Method implements TransformMethod {
  /** Its name. */
  public static final String NAME = "ia3";

  /** Setting of PEFT's configuration: {@code true} where the input side is scaled. */
  public static final String FEEDFORWARD = "is_feedforward";

  static final String WEIGHT = "weight";
  static final String ON_INPUT = "on_input";
  static final String PEFT = "ia3_l";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(WEIGHT, ON_INPUT, PEFT);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(PEFT) || (tensors.has(WEIGHT) && tensors.has(ON_INPUT));
  }

  @Override
  public Factors read(SiteTensors in) {
    boolean peft = in.has(PEFT);
    String role = peft ? PEFT : WEIGHT;
    boolean input = peft ? feedforward(in) : onInput(in);
    Site site = in.site();
    long channels = input ? site.in() * site.groups() : site.out();
    Shape found = in.tensor(role).shape();
    if (found.elements() != channels) {
      throw in.wrong(role, channels + " numbers, one for each channel of its " + side(input));
    }
    HostTensor vector = in.tensor(role, Shape.of(channels));
    return Factors.of(NAME, Map.of(role, vector), Map.of(ON_INPUT, Boolean.toString(input)));
  }

  private static boolean onInput(SiteTensors in) {
    double flag = in.number(ON_INPUT).orElseThrow();
    if (flag != 0 && flag != 1) {
      throw in.wrong(ON_INPUT, "0 or 1");
    }
    return flag == 1;
  }

  private static boolean feedforward(SiteTensors in) {
    Optional<String> setting = in.setting(FEEDFORWARD);
    if (setting.isPresent()) {
      return Boolean.parseBoolean(setting.get());
    }
    Site site = in.site();
    Shape found = in.tensor(PEFT).shape();
    if (site.kind() == Site.Kind.LINEAR && found.rank() == 2) {
      return found.size(0) == 1 && site.out() != 1;
    }
    if (site.out() == site.in() * site.groups()) {
      throw in.wrong(
          PEFT,
          "with the feedforward_modules of its configuration, as it has as many"
              + " inputs as outputs");
    }
    return found.elements() != site.out();
  }

  private static String side(boolean input) {
    return input ? "input" : "output";
  }

  private static boolean onInput(FactorStructure factors) {
    return Boolean.parseBoolean(factors.setting(ON_INPUT));
  }

  /** Factors by output are divided, those by input are shared. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    if (!onInput(factors.structure())) {
      tensors.replaceAll((role, vector) -> share.of(vector));
    }
    return new Factors(NAME, tensors, factors.settings());
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    boolean input = onInput(factors.structure());
    if (factors.tensors().containsKey(PEFT)) {
      HostTensor vector = factors.tensor(PEFT);
      long count = vector.shape().elements();
      Shape shape = input ? Shape.of(1, count) : Shape.of(count, 1);
      return new TreeMap<>(Map.of(PEFT, vector.reshape(shape)));
    }
    HostTensor side = HostTensor.of(Shape.of(), input ? 1 : 0);
    return new TreeMap<>(Map.of(WEIGHT, factors.tensor(WEIGHT), ON_INPUT, side));
  }

  /** [1, channels, 1, ...] at convolutions, on either side. */
  @Override
  public SortedMap<String, HostTensor> write(Site site, Factors factors) {
    SortedMap<String, HostTensor> tensors = write(factors);
    if (site.convolution()) {
      tensors.computeIfPresent(WEIGHT, (role, vector) -> channels(site, vector));
      tensors.computeIfPresent(PEFT, (role, vector) -> channels(site, vector));
    }
    return tensors;
  }

  private static HostTensor channels(Site site, HostTensor vector) {
    return vector.reshape(LowRank.point(site, 1, vector.shape().elements()));
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr scale = scale(factors, strength).to(DType.F32);
    if (!onInput(factors.structure())) {
      Expr rows = weight.reshape(site.out(), site.rest());
      return rows.mul(scale.reshape(site.out(), 1)).reshape(site.weight().sizes());
    }
    // Each group of outputs sees its own inputs.
    Expr grouped = weight.reshape(site.groups(), site.out() / site.groups(), site.in(), -1);
    Expr byGroup = scale.reshape(site.groups(), 1, site.in(), 1);
    return grouped.mul(byGroup).reshape(site.weight().sizes());
  }

  @Override
  public boolean changesBias(FactorStructure factors) {
    return factors.has(PEFT) && !onInput(factors);
  }

  @Override
  public Expr transformBias(Site site, Expr bias, StagedFactors factors, Expr strength) {
    return bias.to(DType.F64).mul(scale(factors, strength)).to(DType.F32);
  }

  /**
   * Scale of the channels, [channels], F64, where subtracting from l and adding again leaves no
   * trace.
   */
  private static Expr scale(StagedFactors factors, Expr strength) {
    return factors
        .find(PEFT)
        .map(l -> l.to(DType.F64).add(-1))
        .orElseGet(() -> factors.get(WEIGHT).to(DType.F64))
        .mul(strength.to(DType.F64))
        .add(1);
  }
}
