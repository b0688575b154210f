package dev.lora4j.core.adapter.hydra;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * HydraLoRA on linear layers: {@code y += alpha / r * sum over i of share_i(x) * B_i A x}, where
 * the shares are {@code softmax(route x)}. The paper's code has {@code lora_A.weight} [r, in],
 * {@code lora_B0.weight} [out, r] and on, and {@code lora_route.weight} [heads, in].
 */
@Extension(
    point = AdapterMethod.class,
    name = HydraMethod.NAME,
    help = "HydraLoRA: a LoRA with several up factors, which a router mixes for each input")
public final class HydraMethod implements RoutedMethod {
  /** Its name. */
  public static final String NAME = "hydra";

  /** Role of the factor that the input meets first, which all heads share. */
  public static final String DOWN = LoraMethod.DOWN;

  /** Role of the router. */
  public static final String ROUTER = "lora_route.weight";

  /** Setting with the number of heads that the configuration says. */
  public static final String NUMBER = "lora_nums";

  /** The most heads. */
  static final int MOST = 64;

  /** Role of the factor of outputs of a head, from 0. */
  public static String head(int index) {
    return "lora_B" + index + ".weight";
  }

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    Set<String> roles = new TreeSet<>(Set.of(DOWN, ROUTER, ALPHA));
    for (int i = 0; i < MOST; i++) {
      roles.add(head(i));
    }
    return roles;
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(ROUTER) || tensors.has(head(0));
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    long rank = in.size(DOWN, 0);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(DOWN, in.tensor(DOWN, Shape.of(rank, site.in())));
    int heads = 0;
    do {
      tensors.put(head(heads), in.tensor(head(heads), Shape.of(site.out(), rank)));
      heads++;
    } while (in.has(head(heads)));
    requireNumber(in, heads);
    Shape router = in.tensor(ROUTER).shape();
    if (router.rank() != 2 || router.size(0) != heads || router.size(1) != site.in()) {
      throw in.wrong(ROUTER, Shape.of(heads, site.in()) + ", a row for each of its heads");
    }
    tensors.put(ROUTER, in.tensor(ROUTER));
    return Factors.of(NAME, tensors, Map.of(ALPHA, Alpha.read(in, rank)));
  }

  private static void requireNumber(SiteTensors in, int heads) {
    if (in.numberSetting(NUMBER).filter(said -> said != heads).isPresent()) {
      throw new AdapterException(
          "The configuration of the adapter says "
              + NUMBER
              + " "
              + in.setting(NUMBER).orElse("")
              + ", but "
              + in.site().name()
              + " has "
              + heads
              + " heads from "
              + in.key(head(0))
              + " on; the file was cut, or the configuration is another adapter's.");
    }
  }

  /** Heads have the rows; what the input meets is the same for all. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    for (int i = 0; i < heads(factors.structure()); i++) {
      tensors.computeIfPresent(head(i), (role, head) -> share.of(head));
    }
    return new Factors(NAME, tensors, factors.settings());
  }

  @Override
  public OptionalLong chosenRank(FactorStructure factors) {
    return OptionalLong.of(factors.shape(DOWN).size(0));
  }

  @Override
  public FactorStructure form(FactorStructure factors) {
    FactorStructure form = factors.open(DOWN, 0).without(ALPHA);
    for (int i = 0; i < heads(factors); i++) {
      form = form.open(head(i), 1);
    }
    return form;
  }

  @Override
  public double scale(FactorStructure factors) {
    return factors.number(ALPHA) / factors.shape(DOWN).size(0);
  }

  @Override
  public int heads(FactorStructure factors) {
    return headsOf(factors);
  }

  /** Number of heads, from the first on without a gap. */
  public static int headsOf(FactorStructure factors) {
    int heads = 0;
    while (factors.has(head(heads))) {
      heads++;
    }
    return heads;
  }

  @Override
  public int rank(FactorStructure factors) {
    return Math.toIntExact(heads(factors) * factors.shape(DOWN).size(0));
  }

  @Override
  public LowRank lowRank(Site site, StagedFactors factors) {
    List<Expr> ups = new ArrayList<>();
    for (int i = 0; i < heads(factors.structure()); i++) {
      ups.add(factors.get(head(i)));
    }
    return new LowRank(factors.get(DOWN).repeat(ups.size(), 1), ShapeOps.cat(ups, 1));
  }

  @Override
  public HostTensor router(Factors factors) {
    return factors.tensor(ROUTER);
  }
}
