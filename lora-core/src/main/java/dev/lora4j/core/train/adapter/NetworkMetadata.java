package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.RankRule;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.format.metadata.BaseRounding;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.train.adapter.AdapterPlan.Planned;
import dev.lora4j.spi.ExtensionRequest;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Metadata of an adapter's network in the terms of kohya and LyCORIS: the module that trains it
 * there, its rank, alpha and arguments.
 */
public final class NetworkMetadata {
  /** LyCORIS's arguments for the networks of sd-scripts' own module. */
  private static final Map<String, String> OWN = Map.of("algo", "locon");

  /** Value where layers differ. */
  private static final String DYNAMIC = "Dynamic";

  /** Python's text of an absent value. */
  private static final String NONE = "None";

  /** The rule by which layers got their ranks, where it is another than those of the recipe. */
  private static final MetadataKey<String> RANKS = MetadataKey.text("lora4j_ranks");

  private NetworkMetadata() {}

  /** The entries {@code ss_network_} for the adapter that a plan trains. */
  public static Metadata of(AdapterPlan plan) {
    AdapterRecipe recipe = plan.recipe();
    List<Planned> ranked = plan.planned().stream().filter(NetworkMetadata::ranked).toList();
    List<Planned> kernels = ranked.stream().filter(p -> p.site().kernel()).toList();
    List<Planned> points = ranked.stream().filter(p -> !p.site().kernel()).toList();
    SortedMap<String, String> arguments = recipe.method().lycorisArguments();
    boolean own = arguments.equals(OWN) && !recipe.rankStabilised();
    if (own) {
      arguments.clear();
    }
    if (recipe.rankStabilised()) {
      arguments.put("rs_lora", "True");
    }
    if (!kernels.isEmpty()) {
      arguments.put("conv_dim", common(kernels, NetworkMetadata::rank));
      arguments.put("conv_alpha", common(kernels, NetworkMetadata::alpha));
    }
    Dropouts dropouts = recipe.dropouts();
    put(arguments, "dropout", own ? 0 : dropouts.network());
    put(arguments, "lora_dropout", dropouts.input());
    put(arguments, "rank_dropout", dropouts.rank());
    put(arguments, "module_dropout", dropouts.module());
    List<Planned> main = points.isEmpty() ? kernels : points;
    return Metadata.EMPTY
        .with(KohyaKeys.NETWORK_MODULE, own ? "networks.lora" : "lycoris.kohya")
        .with(KohyaKeys.NETWORK_DIM, common(main, NetworkMetadata::rank))
        .with(KohyaKeys.NETWORK_ALPHA, common(main, NetworkMetadata::alpha))
        .with(KohyaKeys.NETWORK_DROPOUT, dropouts.network() > 0 ? text(dropouts.network()) : NONE)
        .with(KohyaKeys.NETWORK_ARGS, arguments);
  }

  /**
   * The entries for any network: of the method, of what the factors began as where that doubles
   * their rank or comes from the training data, of the rule of ranks, and about the bits that a
   * base was rounded to for training, if it was.
   */
  public static Metadata onBase(AdapterPlan plan, BasePrecision precision) {
    boolean needed = plan.recipe().start() == FactorInit.LOFTQ;
    Metadata rounding =
        precision
            .quantisation()
            .map(how -> new BaseRounding(ExtensionRequest.of(how).text(), needed).metadata())
            .orElse(Metadata.EMPTY);
    Metadata network = new Metadata(plan.recipe().method().headerEntries()).withAll(rounding);
    FactorInit start = plan.recipe().start();
    RankRule ranks = plan.recipe().calibration().ranks();
    Metadata begun =
        start != FactorInit.KAIMING && (plan.anchored() || start.ofData())
            ? network.with(BaseRounding.INIT, start.canonical())
            : network;
    return ranks == RankRule.UNIFORM ? begun : begun.with(RANKS, ranks.canonical());
  }

  private static void put(SortedMap<String, String> arguments, String name, double dropout) {
    if (dropout > 0) {
      arguments.put(name, text(dropout));
    }
  }

  /** Returns true if the size of its factors depends on a rank. */
  private static boolean ranked(Planned planned) {
    return planned.tensors().stream().anyMatch(t -> !t.staged().equals(t.shape()));
  }

  private static String rank(Planned planned) {
    return Long.toString(planned.method().storedRank(planned.recipe()));
  }

  private static String alpha(Planned planned) {
    SiteRecipe recipe = planned.recipe();
    double times = (double) planned.method().storedRank(recipe) / recipe.rank();
    double same = recipe.rankStabilised() ? Math.sqrt(times) : times;
    return text(recipe.alpha() * same);
  }

  private static String common(List<Planned> layers, Function<Planned, String> of) {
    List<String> all = layers.stream().map(of).distinct().toList();
    return all.isEmpty() ? NONE : all.size() == 1 ? all.get(0) : DYNAMIC;
  }

  private static String text(double value) {
    return KohyaKeys.LEARNING_RATE.write().apply(value);
  }
}
