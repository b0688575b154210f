package dev.lora4j.core.adapter.mora;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * MoRA on linear layers: {@code y += decompress(M compress(x))} with {@code mora_A.weight} [size,
 * size] and the setting {@code mora_type}, the number of the form. It has no scale.
 */
@Extension(
    point = AdapterMethod.class,
    name = MoraMethod.NAME,
    help = "MoRA: one square matrix between compressed inputs and outputs")
public final class MoraMethod implements AdditiveMethod {
  /** Its name. */
  public static final String NAME = "mora";

  /** Role of the matrix. */
  public static final String MATRIX = "mora_A.weight";

  /** Setting of files that have the matrix twice, under the names of a LoRA's factors. */
  public static final String USED = "use_mora";

  /** Setting with the number of the form. */
  public static final String TYPE = "mora_type";

  /** Setting with the rank of the LoRA that has about as many numbers. */
  public static final String RANK = "r";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(MATRIX);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(MATRIX);
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    long size = in.size(MATRIX, 0);
    MoraForm form = form(in);
    if (!form.fits(size, site.in(), site.out())) {
      throw in.wrong(
          MATRIX, "of another size: MoRA's type " + form.type() + " cannot use it with this layer");
    }
    HostTensor matrix = in.tensor(MATRIX, Shape.of(size, size));
    Map<String, String> settings = new TreeMap<>();
    settings.put(TYPE, Integer.toString(form.type()));
    long derived = form.rank(size, site.in(), site.out());
    long rank = in.numberSetting(RANK).map(Math::round).orElse(derived);
    settings.put(RANK, Long.toString(rank));
    return Factors.of(NAME, Map.of(MATRIX, matrix), settings);
  }

  private static MoraForm form(SiteTensors in) {
    double type = in.numberSetting(TYPE).orElse((double) MoraForm.SHARED.type());
    return MoraForm.of((long) type)
        .filter(form -> form.type() == type)
        .orElseThrow(
            () ->
                new AdapterException(
                    "The configuration of the adapter says "
                        + TYPE
                        + " "
                        + in.setting(TYPE).orElse("")
                        + " for "
                        + in.site().name()
                        + "; MoRA has the types 1, 2, 3, 4 and 6."));
  }

  private static MoraForm formOf(FactorStructure factors) {
    return MoraForm.of((long) factors.number(TYPE)).orElseThrow();
  }

  private static SquareProduct product(Site site, StagedFactors factors) {
    return SquareProduct.of(site, formOf(factors.structure()), factors.get(MATRIX));
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of((long) factors.number(RANK));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.without(RANK);
  }

  @Override
  public double scale(FactorStructure factors) {
    return 1;
  }

  /** Empty for the turned form, whose groups have no directions in common. */
  @Override
  public OptionalInt rank(Site site, FactorStructure factors) {
    long size = factors.shape(MATRIX).size(0);
    boolean small = size * (site.in() + site.out()) < site.weight().elements();
    return formOf(factors) != MoraForm.TURNED && small
        ? OptionalInt.of(Math.toIntExact(size))
        : OptionalInt.empty();
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    SquareProduct product = product(site, factors);
    Expr matrix = factors.get(MATRIX);
    return new LowRank(product.down(matrix.graph(), matrix.dtype()), product.up(matrix));
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    return product(site, factors).delta(factors.get(MATRIX));
  }

  @Override
  public Expr unmerged(Site site, Expr x, StagedFactors factors) {
    return product(site, factors).linear(x, factors.get(MATRIX));
  }
}
