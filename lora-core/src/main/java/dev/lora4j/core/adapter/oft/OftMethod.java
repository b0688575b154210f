package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * OFT of PEFT: rotates blocks of the inputs of each output, {@code W} as [out, rest]: {@code W
 * R^T}. {@code oft_R.weight} [blocks, size (size - 1) / 2] holds the upper triangle of Q row by
 * row.
 *
 * <p>R is a {@linkplain Cayley#series series} or, where the configuration says so, {@linkplain
 * Cayley#backward exact}. Strength blends R with 1.
 */
@Extension(
    point = AdapterMethod.class,
    name = OftMethod.NAME,
    help = "OFT of PEFT: blocks of what each output sees, rotated")
public final class OftMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "oft";

  /** Setting of PEFT's configuration: whether R is a series; {@code true} without it. */
  public static final String SERIES = "use_cayley_neumann";

  /** Setting of PEFT's configuration: the terms of the series; 5 without it. */
  public static final String TERMS = "num_cayley_neumann_terms";

  /** Setting of PEFT's configuration: whether Q is limited, block by block. */
  public static final String LIMITED = "coft";

  /** Setting of PEFT's configuration: the limit; 6e-5 without it. */
  public static final String EPSILON = "eps";

  /** Setting of PEFT's configuration: whether all blocks are one. */
  public static final String SHARED = "block_share";

  static final String VECTORS = "oft_R.weight";
  private static final String LIMIT = "limit";

  /**
   * Greatest number of terms: PEFT's is 5; further terms fall below the smallest step of F64 long
   * before this.
   */
  static final int MOST_TERMS = 100;

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(VECTORS);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(VECTORS);
  }

  @Override
  public Factors read(SiteTensors in) {
    long blocks = in.size(VECTORS, 0);
    long size = size(in.size(VECTORS, 1));
    boolean shared = in.flag(SHARED, false);
    long rest = in.site().rest();
    if (size == 0 || (shared ? blocks != 1 || rest % size != 0 : blocks * size != rest)) {
      throw in.wrong(
          VECTORS,
          "[blocks, size (size - 1) / 2] with "
              + (shared ? "1 block whose size divides " : "blocks * size = ")
              + rest);
    }
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put(SHARED, Boolean.toString(shared));
    boolean series = in.flag(SERIES, true);
    if (in.setting(SERIES).isEmpty()) {
      in.warn(
          in.key(VECTORS)
              + " comes without a configuration; it is read as PEFT writes it by default, as a"
              + " series of 5 terms.");
    }
    settings.put(SERIES, Boolean.toString(series));
    if (series) {
      int terms = in.numberSetting(TERMS).orElse(5.0).intValue();
      if (terms < 2 || terms > MOST_TERMS) {
        throw in.wrong(
            VECTORS,
            "for a series of 2 to "
                + MOST_TERMS
                + " terms; the configuration says "
                + terms
                + ", and one of fewer turns nothing");
      }
      settings.put(TERMS, Integer.toString(terms));
    }
    if (in.flag(LIMITED, false)) {
      settings.put(EPSILON, Double.toString(in.numberSetting(EPSILON).orElse(6e-5)));
    }
    HostTensor vectors = in.tensor(VECTORS, in.tensor(VECTORS).shape());
    return new Factors(NAME, new TreeMap<>(Map.of(VECTORS, vectors)), settings);
  }

  /** The size of a matrix with so many elements above its diagonal; 0 if there is none. */
  private static long size(long elements) {
    long size = Math.round((1 + Math.sqrt(1 + 8.0 * elements)) / 2);
    return size * (size - 1) / 2 == elements ? size : 0;
  }

  /** The factors unchanged: they rotate inputs, which all layers share. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    return factors;
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.settings().containsKey(EPSILON) ? factors.with(EPSILON, "") : factors;
  }

  @Override
  public SortedMap<String, Double> numbers(FactorStructure factors) {
    if (!factors.settings().containsKey(EPSILON)) {
      return new TreeMap<>();
    }
    double blocks = factors.shape(VECTORS).size(0);
    return new TreeMap<>(Map.of(LIMIT, factors.number(EPSILON) / Math.sqrt(blocks)));
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    FactorStructure structure = factors.structure();
    Expr skew = skew(factors.get(VECTORS));
    if (structure.settings().containsKey(EPSILON)) {
      Expr length = skew.pow(2).sum(1, 2).sqrt();
      Expr share = factors.number(LIMIT).to(DType.F64).div(length.clamp(1e-300, Double.MAX_VALUE));
      skew = skew.mul(share.clamp(0, 1));
    }
    Expr rotation =
        Boolean.parseBoolean(structure.setting(SERIES))
            ? Cayley.series(skew, (int) structure.number(TERMS))
            : Cayley.backward(skew);
    Expr blended = Cayley.blend(rotation, strength).transpose(1, 2);
    long size = blended.shape().size(1);
    Expr seen = weight.reshape(site.out(), site.rest() / size, size).transpose(0, 1);
    return seen.matmul(blended).transpose(0, 1).reshape(site.weight().sizes());
  }

  /** [blocks, size, size] with these vectors above the diagonal, and their negatives below. */
  static Expr skew(Expr vectors) {
    long blocks = vectors.shape().size(0);
    long size = size(vectors.shape().size(1));
    Graph graph = vectors.graph();
    Shape pairs = Shape.of(2, vectors.shape().size(1));
    Expr where = graph.call("triu_indices", DType.I64, pairs, size, size, 1);
    Expr rows = where.slice(0, 0, 1).reshape(-1);
    Expr columns = where.slice(0, 1, 2).reshape(-1);
    Expr upper =
        Constants.zeros(graph, vectors.dtype(), Dim.of(blocks), Dim.of(size * size))
            .indexAdd(1, rows.mul((double) size).add(columns), vectors);
    return Cayley.skew(upper.reshape(blocks, size, size));
  }
}
