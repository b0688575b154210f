package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.AdditiveTraining;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Training of LoRA Soups' concatenation (CAT, Prabhakar et al. 2024): LoRAs stay as they are, and
 * at each layer one number for each is learned, which its change is multiplied by. What is stored
 * is one LoRA, of the factors of all side by side.
 *
 * @param parts the LoRAs
 */
public record LoraSoupTraining(List<Part> parts) implements AdditiveTraining {
  /**
   * A LoRA of the soup.
   *
   * @param strength that its change has before it is weighed
   */
  public record Part(Adapter adapter, double strength) {}

  /** Its name in messages. */
  public static final String NAME = "weights of LoRAs";

  /** Part with the number of each LoRA that a layer has, [1, LoRAs]. */
  public static final String WEIGHTS = "weights";

  private static final String OWNERS = "owners";
  private static final LoraTraining LORA = new LoraTraining();

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one is no LoRA, or there is none
   */
  public LoraSoupTraining {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("There is no LoRA whose weights could be learned.");
    }
    parts.forEach(part -> part.adapter().sites().forEach((site, all) -> requireLora(part, site)));
  }

  private static void requireLora(Part part, String site) {
    List<Factors> all = part.adapter().at(site);
    boolean plain =
        all.size() == 1
            && all.get(0).method().equals(LoraMethod.NAME)
            && !all.get(0).tensors().containsKey(LoraMethod.MID);
    if (!plain) {
      throw new IllegalArgumentException(
          "Weights are learned of LoRAs, and "
              + part.adapter().name()
              + " has "
              + String.join(" and ", all.stream().map(Factors::method).toList())
              + (all.size() == 1 && all.get(0).method().equals(LoraMethod.NAME)
                  ? " with a Tucker core"
                  : "")
              + " at "
              + site
              + "; make a LoRA of it first, by resize or by distill of it alone.");
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Site.Kind> kinds() {
    return LORA.kinds();
  }

  @Override
  public Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.INPUT, DropoutKind.MODULE);
  }

  /** Numbers of the parts that a layer has. */
  private int[] at(Site site) {
    return IntStream.range(0, parts.size())
        .filter(k -> !parts.get(k).adapter().at(site.name()).isEmpty())
        .toArray();
  }

  /** Each begins with the same share of all, whether or not the others have the layer. */
  @Override
  public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
    int count = at(site).length;
    if (count == 0) {
      throw new IllegalArgumentException("no LoRA of the soup has the layer " + site.name());
    }
    TensorInit share = new TensorInit.Constant(1.0 / parts.size());
    return List.of(TrainedTensor.of(WEIGHTS, Shape.of(1, count), share));
  }

  @Override
  public SortedMap<String, HostTensor> fixed(Site site, SiteRecipe recipe) {
    Stacked all = stacked(site);
    int rank = all.owners().length;
    ByteBuffer owners = ByteBuffer.allocate(Long.BYTES * rank).order(ByteOrder.LITTLE_ENDIAN);
    for (int owner : all.owners()) {
      owners.putLong(owner);
    }
    return new TreeMap<>(
        Map.of(
            LoraTraining.DOWN,
            HostTensor.of(LowRank.down(site, rank), all.down()),
            LoraTraining.UP,
            HostTensor.of(LowRank.up(site, rank), all.up()),
            OWNERS,
            HostTensor.of(DType.I64, Shape.of(rank), owners.flip())));
  }

  /**
   * Factors of all parts of a layer side by side, the up factor at the strength of each.
   *
   * @param owners of each direction, its part's place among those that the layer has
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Stacked(float[] down, float[] up, int[] owners) {}

  private Stacked stacked(Site site) {
    int[] numbers = at(site);
    List<Factors> here = Arrays.stream(numbers).mapToObj(k -> factors(k, site)).toList();
    int rank = here.stream().mapToInt(LoraSoupTraining::rank).sum();
    float[] down = new float[Math.toIntExact(LowRank.down(site, rank).elements())];
    float[] up = new float[Math.toIntExact(LowRank.up(site, rank).elements())];
    int[] owners = new int[rank];
    int from = 0;
    for (int k = 0; k < here.size(); k++) {
      Factors factors = here.get(k);
      int own = rank(factors);
      factors.tensor(LoraMethod.DOWN).floats(down, from * (down.length / rank));
      double[] columns = factors.tensor(LoraMethod.UP).doubles();
      double scale = parts.get(numbers[k]).strength() * alpha(factors, own) / own;
      for (int i = 0; i < columns.length; i++) {
        up[i / own * rank + from + i % own] = (float) (scale * columns[i]);
      }
      Arrays.fill(owners, from, from + own, k);
      from += own;
    }
    return new Stacked(down, up, owners);
  }

  private Factors factors(int part, Site site) {
    return parts.get(part).adapter().at(site.name()).get(0);
  }

  private static int rank(Factors factors) {
    return Math.toIntExact(factors.tensor(LoraMethod.DOWN).shape().size(0));
  }

  private static double alpha(Factors factors, int rank) {
    String alpha = factors.settings().get(AdapterMethod.ALPHA);
    return alpha == null ? rank : Double.parseDouble(alpha);
  }

  /** The weights are the scale. */
  @Override
  public double scale(Site site, SiteRecipe recipe) {
    return 1;
  }

  private static LowRank pair(Site site, TrainedFactors factors) {
    Expr down = factors.get(LoraTraining.DOWN).reshape(LowRank.down(site, -1).sizes());
    Expr up = factors.get(LoraTraining.UP);
    long[] sizes = LowRank.up(site, -1).sizes();
    return new LowRank(down, up.reshape(sizes));
  }

  /** The weight of each direction, [1, rank]. */
  private static Expr mix(TrainedFactors factors) {
    return factors.get(WEIGHTS).indexSelect(1, factors.get(OWNERS)).mul(factors.scale());
  }

  @Override
  public Expr delta(Site site, TrainedFactors factors) {
    TrainedFactors same = factors.in(factors.get(WEIGHTS).dtype());
    LowRank pair = pair(site, same);
    Expr columns = pair.up().reshape(Dim.of(site.out()), Dim.of(-1)).mul(mix(same));
    return new LowRank(pair.down(), columns).product(site);
  }

  @Override
  public Expr unmerged(Site site, Expr x, TrainedFactors factors) {
    Expr input = factors.dropout().input(x);
    Expr mix = mix(factors).to(x.dtype());
    return pair(site, factors.in(x.dtype()))
        .unmerged(site, input, inner -> inner.mul(LayerMath.perChannel(site, mix, inner)));
  }

  @Override
  public List<Factors> factors(Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
    HostTensor down = of(values, LoraTraining.DOWN);
    HostTensor up = of(values, LoraTraining.UP);
    double[] weights = of(values, WEIGHTS).doubles();
    double[] owners = of(values, OWNERS).doubles();
    double[] columns = up.doubles();
    for (int i = 0; i < columns.length; i++) {
      columns[i] *= weights[(int) owners[i % owners.length]];
    }
    return List.of(
        LoraMath.factors(down, HostTensor.of(up.dtype(), up.shape(), columns), owners.length));
  }

  private static HostTensor of(Map<String, HostTensor> values, String part) {
    return Objects.requireNonNull(values.get(part), part);
  }

  /**
   * The learned weight of each part at each of its layers, by the layers' names, in the order of
   * the parts. A part that is 0 at a layer has no weight there.
   *
   * @param trained adapter of what {@link #factors} gave, of all layers
   */
  public List<SortedMap<String, Double>> learned(Adapter trained, List<Site> layers) {
    List<SortedMap<String, Double>> all = new ArrayList<>();
    parts.forEach(part -> all.add(new TreeMap<>()));
    for (Site site : layers) {
      int[] here = at(site);
      Stacked before = stacked(site);
      double[] after = layer(trained, site).tensor(LoraMethod.UP).doubles();
      double[] products = new double[here.length];
      double[] squares = new double[here.length];
      for (int i = 0; i < after.length; i++) {
        int owner = before.owners()[i % before.owners().length];
        double up = before.up()[i];
        products[owner] += up * after[i];
        squares[owner] += up * up;
      }
      for (int k = 0; k < here.length; k++) {
        if (squares[k] > 0) {
          all.get(here[k]).put(site.name(), products[k] / squares[k]);
        }
      }
    }
    return all;
  }

  private static Factors layer(Adapter trained, Site site) {
    return trained.at(site.name()).get(0);
  }

  @Override
  public SortedMap<String, String> lycorisArguments() {
    return LORA.lycorisArguments();
  }

  @Override
  public Optional<WarmStartFactors> warmStart(Site site, List<Factors> found) {
    throw new IllegalArgumentException(
        "weights of LoRAs are learned from equal shares, and go on from no adapter");
  }

  @Override
  public String canonical() {
    CanonicalForm form = CanonicalForm.of("LoraSoupTraining");
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      form = form.with("adapter" + i, part.adapter()).with("strength" + i, part.strength());
    }
    return form.text();
  }
}
