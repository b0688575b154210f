package dev.lora4j.core.adapter.sparse;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Values at single elements of a weight, which is seen as [out, rest].
 *
 * <p>LyCORIS's extraction writes them as {@code bias_indices}, {@code bias_values} and {@code
 * bias_size}: they are what a LoRA of low rank left over of a weight, no bias, and share that
 * LoRA's scale. PEFT's SHiRA has {@code shira_indices} and {@code shira_weight} with scale 1.
 */
@Extension(
    point = AdapterMethod.class,
    name = SparseMethod.NAME,
    help = "Values at single elements of a weight")
public final class SparseMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "sparse";

  static final String INDICES = "bias_indices";
  static final String VALUES = "bias_values";
  static final String SIZE = "bias_size";
  private static final String SHIRA_INDICES = "shira_indices";
  private static final String SHIRA_WEIGHT = "shira_weight";
  private static final String DOWN = "lora_down.weight";
  private static final String ORIGIN = "origin";
  private static final String SCALE = "scale";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION, Site.Kind.EMBEDDING);
  }

  @Override
  public Set<String> roles() {
    return Set.of(INDICES, VALUES, SIZE, SHIRA_INDICES, SHIRA_WEIGHT);
  }

  @Override
  public Set<String> integers() {
    return Set.of(INDICES, SIZE);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(VALUES) || tensors.has(SHIRA_WEIGHT);
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    Map<String, String> settings = new TreeMap<>();
    if (in.has(SHIRA_WEIGHT)) {
      settings.putAll(shira());
    } else {
      double[] size = in.tensor(SIZE).doubles();
      if (size.length != 2 || size[0] != site.out() || size[1] != site.rest()) {
        throw in.wrong(SIZE, "the two numbers " + site.out() + " and " + site.rest());
      }
      settings.put(SCALE, Double.toString(scale(in)));
    }
    Map<String, HostTensor> tensors =
        in.has(SHIRA_WEIGHT)
            ? elements(in, SHIRA_INDICES, SHIRA_WEIGHT)
            : elements(in, INDICES, VALUES);
    if (in.has(SIZE)) {
      tensors.put(SIZE, in.tensor(SIZE));
    }
    return Factors.of(NAME, tensors, settings);
  }

  /** The settings of SHiRA's values. */
  static Map<String, String> shira() {
    return new TreeMap<>(Map.of(ORIGIN, SHIRA_WEIGHT, SCALE, Double.toString(1)));
  }

  /** Scale of the accompanying LoRA; 1 if there is none. */
  private static double scale(SiteTensors in) {
    long rank = in.shape(DOWN).filter(s -> s.rank() > 0).map(s -> s.size(0)).orElse(0L);
    return rank == 0 ? 1 : Double.parseDouble(Alpha.read(in, rank)) / rank;
  }

  private static Map<String, HostTensor> elements(SiteTensors in, String indices, String values) {
    long count = in.tensor(values).shape().elements();
    HostTensor where = in.tensor(indices, Shape.of(2, count));
    double[] numbers = where.doubles();
    for (int i = 0; i < numbers.length; i++) {
      long limit = i < count ? in.site().out() : in.site().rest();
      if (numbers[i] < 0 || numbers[i] >= limit) {
        throw in.wrong(
            indices,
            "of numbers from 0 to "
                + (limit - 1)
                + " (row "
                + i / Math.max(1, count)
                + " has "
                + (long) numbers[i]
                + ")");
      }
    }
    return new TreeMap<>(Map.of(INDICES, where, VALUES, in.tensor(values, Shape.of(count))));
  }

  @Override
  public SortedMap<String, HostTensor> write(Factors factors) {
    HostTensor indices = factors.tensor(INDICES);
    HostTensor values = factors.tensor(VALUES);
    return factors.settings().containsKey(ORIGIN)
        ? new TreeMap<>(Map.of(SHIRA_INDICES, indices, SHIRA_WEIGHT, values))
        : new TreeMap<>(factors.tensors());
  }

  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    return SparseRowSlice.of(whole, factors, share);
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(INDICES, 1).open(VALUES, 0).without(ORIGIN, SCALE);
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(SCALE);
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    Expr values = factors.get(VALUES);
    Expr indices = factors.get(INDICES).to(DType.I64);
    Expr rows = indices.slice(0, 0, 1).reshape(-1);
    Expr columns = indices.slice(0, 1, 2).reshape(-1);
    Expr flat = rows.mul((double) site.rest()).add(columns);
    Dim elements = Dim.of(site.weight().elements());
    return Constants.zeros(values.graph(), values.dtype(), elements)
        .indexAdd(0, flat, values)
        .reshape(site.weight().sizes());
  }
}
