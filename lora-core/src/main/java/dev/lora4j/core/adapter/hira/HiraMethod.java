package dev.lora4j.core.adapter.hira;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * HiRA on linear layers, convolutions without groups and embeddings: {@code W o (1 + B A)}, element
 * by element, with {@code hira_A} [rank, in, kernel] and {@code hira_B} [out, rank]; of embeddings
 * {@code hira_embedding_A} [rank, entries] and {@code hira_embedding_B} [width, rank]. It has no
 * scale. Strength multiplies the product.
 */
@Extension(
    point = AdapterMethod.class,
    name = HiraMethod.NAME,
    help = "HiRA: the weight times a low-rank matrix, element by element")
public final class HiraMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "hira";

  /** Role of the factor on the side of the inputs. */
  public static final String A = "hira_A";

  /** Role of the factor on the side of the outputs. */
  public static final String B = "hira_B";

  private static final String ENTRIES = "hira_embedding_A";
  private static final String WIDTH = "hira_embedding_B";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION, Site.Kind.EMBEDDING);
  }

  @Override
  public Set<String> roles() {
    return Set.of(A, B, ENTRIES, WIDTH);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(A) || tensors.has(ENTRIES);
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    boolean embedding = site.kind() == Site.Kind.EMBEDDING;
    String a = embedding ? ENTRIES : A;
    String b = embedding ? WIDTH : B;
    long rank = in.size(a, 0);
    Map<String, HostTensor> tensors = new TreeMap<>();
    if (embedding) {
      tensors.put(a, in.tensor(a, Shape.of(rank, site.out())));
      tensors.put(b, in.tensor(b, Shape.of(site.rest(), rank)));
    } else if (site.groups() > 1) {
      throw in.wrong(a, "absent, as HiRA changes no convolution with groups");
    } else {
      tensors.put(a, in.tensor(a, LowRank.down(site, rank)));
      tensors.put(b, in.tensor(b, LowRank.up(site, rank)));
    }
    return Factors.of(NAME, tensors, Map.of());
  }

  /** Factors with the rows of one side; those of the inputs are shared. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    Map<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    if (tensors.computeIfPresent(B, (role, t) -> share.of(t)) == null) {
      return TransformMethod.super.rows(whole, factors, share);
    }
    return Factors.of(NAME, tensors, factors.settings());
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(factors.has(A) ? A : ENTRIES).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    return factors.open(A, 0).open(B, 1).open(ENTRIES, 0).open(WIDTH, 1);
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr growth =
        factors
            .find(A)
            .map(a -> new LowRank(a, factors.get(B)).product(site))
            .orElseGet(() -> factors.get(WIDTH).matmul(factors.get(ENTRIES)).transpose(0, 1));
    return weight.add(weight.mul(growth.mul(strength)));
  }
}
