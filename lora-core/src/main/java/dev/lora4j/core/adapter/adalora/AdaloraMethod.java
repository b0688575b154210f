package dev.lora4j.core.adapter.adalora;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * AdaLoRA (Zhang et al. 2023) on linear layers and convolutions, as PEFT has it: {@code delta = up
 * diag(sizes) down}, scale {@code alpha / (init_r + 1e-5)} with the rank of the beginning, however
 * many directions are left. It is a LoRA whose directions have their sizes apart.
 */
@Extension(
    point = AdapterMethod.class,
    name = AdaloraMethod.NAME,
    help = "AdaLoRA: a LoRA with the sizes of its directions apart")
public final class AdaloraMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "adalora";

  /** Role of the size of each direction, [rank, 1]. */
  public static final String SIZES = LoraMethod.SIZES;

  /** Setting with the rank of the beginning. */
  public static final String INITIAL = "init_r";

  /** Setting of files with the number of directions that are left; {@link #INITIAL} without it. */
  public static final String LEFT = "rank_pattern";

  private static final String DOWN = LoraMethod.DOWN;
  private static final String UP = LoraMethod.UP;

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(DOWN, UP, SIZES);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(SIZES) && tensors.has(DOWN) && tensors.has(UP);
  }

  @Override
  public Factors read(SiteTensors in) {
    requireRank(in);
    long rank = in.size(DOWN, 0);
    Map<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(DOWN, in.tensor(DOWN, LowRank.down(in.site(), rank)));
    tensors.put(SIZES, in.tensor(SIZES, Shape.of(rank, 1)));
    tensors.put(UP, in.tensor(UP, LowRank.up(in.site(), rank)));
    Map<String, String> settings = new TreeMap<>();
    settings.put(INITIAL, Double.toString(initial(in)));
    settings.put(Alpha.LORA_ALPHA, Double.toString(number(in, Alpha.LORA_ALPHA)));
    return Factors.of(NAME, tensors, settings);
  }

  /**
   * Returns true if no direction is left of a layer, so that it changes nothing.
   *
   * @throws AdapterException if the configuration says that some are
   */
  public static boolean empty(SiteTensors in) {
    boolean empty = in.shape(SIZES).filter(s -> s.elements() == 0).isPresent();
    if (empty) {
      requireRank(in);
    }
    return empty;
  }

  /** PEFT fits its own factors to the pattern before it takes those of the file. */
  private static void requireRank(SiteTensors in) {
    double initial = initial(in);
    double left = in.numberSetting(LEFT).orElse(initial);
    long found = in.tensor(DOWN).shape().rank() == 0 ? 0 : in.tensor(DOWN).shape().size(0);
    if (found != left) {
      boolean pattern = in.setting(LEFT).isPresent();
      throw in.wrong(
          DOWN,
          "of %d rows, which the configuration's %s says"
              .formatted((long) left, pattern ? LEFT : INITIAL));
    }
  }

  private static double initial(SiteTensors in) {
    return number(in, INITIAL);
  }

  private static double number(SiteTensors in, String setting) {
    return in.numberSetting(setting)
        .orElseThrow(
            () ->
                new AdapterException(
                    in.key(SIZES)
                        + " is of AdaLoRA, whose scale is in adapter_config.json alone; give the"
                        + " folder with both files."));
  }

  /** The up factor has the rows. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    Map<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.put(UP, share.of(factors.tensor(UP)));
    return Factors.of(NAME, tensors, factors.settings());
  }

  /** In F32 unless it is F64, with the sizes in its down factor. */
  @Override
  public Factors lora(Factors factors) {
    return Directions.of(factors).lora(scale(factors.structure()));
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(DOWN).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(DOWN, 0).open(SIZES, 0).open(UP, 1).without(Alpha.LORA_ALPHA, INITIAL);
  }

  @Override
  public double scale(FactorStructure factors) {
    double alpha = factors.number(Alpha.LORA_ALPHA);
    // PEFT takes the rank for an alpha that is not above 0.
    double numerator = alpha > 0 ? alpha : (double) factors.shape(DOWN).size(0);
    return numerator / (factors.number(INITIAL) + AdaloraTraining.GUARD);
  }

  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    return site.groups() > 1
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(factors.shape(DOWN).size(0)));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    return new LowRank(sized(factors.get(DOWN), factors.get(SIZES)), factors.get(UP));
  }

  /** A down factor with the sizes of its directions multiplied in. */
  static Expr sized(Expr down, Expr sizes) {
    long[] shape = new long[down.shape().rank()];
    Arrays.fill(shape, 1);
    shape[0] = -1;
    return down.mul(sizes.reshape(shape));
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return lowRank(site, factors).product(site);
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    return site.groups() > 1
        ? AdditiveMethod.super.unmerged(site, x, factors)
        : lowRank(site, factors).unmerged(site, x);
  }
}
