package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.COUNTS_BY_NAME;
import static dev.lora4j.diffusion.config.KeyType.FLAG;
import static dev.lora4j.diffusion.config.KeyType.NUMBERS_BY_NAME;
import static dev.lora4j.diffusion.config.KeyType.PATH;
import static dev.lora4j.diffusion.config.KeyType.SETTINGS;
import static dev.lora4j.diffusion.config.KeyType.TEXTS;
import static dev.lora4j.diffusion.config.KeyType.WHOLE;
import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.extension;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.core.adapter.training.TrainableMethod;
import java.util.List;
import java.util.Map;

/** Keys of the adapter: which layers are changed, how, and how large it is. */
public final class AdapterKeys {
  private static final double ANY = Double.POSITIVE_INFINITY;

  public static final RunKey<String> METHOD =
      RunKey.of(
          "adapter.method", extension(TrainableMethod.class), "lora", "How a layer is changed");
  public static final RunKey<Map<String, Object>> SETTINGS_OF_METHOD =
      RunKey.of("adapter.settings", SETTINGS, Map.of(), "Settings of the method, by their names");
  public static final RunKey<String> FROM =
      unset(
          "adapter.warm_start",
          PATH,
          "Adapter whose factors are trained further, with its layers, ranks and alphas",
          "network_weights");
  public static final RunKey<String> SHARED_A =
      unset(
          "adapter.shared_a",
          PATH,
          "LoRA whose down factors (A) are used and not trained, so that adapters share them");
  public static final RunKey<Integer> RANK =
      RunKey.of("adapter.rank", count(1), 16, "Size of the factors", "network_dim");
  public static final RunKey<Double> ALPHA =
      unset(
          "adapter.alpha",
          number(0, ANY),
          "Divided by the rank it scales what is added; the rank if it is not given");
  public static final RunKey<Integer> CONV_RANK =
      unset("adapter.conv_rank", count(1), "Rank at convolutions; that of others if not given");
  public static final RunKey<Double> CONV_ALPHA =
      unset("adapter.conv_alpha", number(0, ANY), "Alpha at convolutions");
  public static final RunKey<List<String>> TARGETS =
      unset(
          "adapter.targets",
          TEXTS,
          "Which layers: names of presets; style if nothing is included or gone on with either");
  public static final RunKey<List<String>> INCLUDE =
      RunKey.of(
          "adapter.include",
          TEXTS,
          List.of(),
          "Patterns of layers to train, beside targets if these are said too");
  public static final RunKey<List<String>> EXCLUDE =
      RunKey.of("adapter.exclude", TEXTS, List.of(), "Patterns of layers to leave out");
  public static final RunKey<Map<String, Integer>> RANKS =
      RunKey.of(
          "adapter.rank_pattern",
          COUNTS_BY_NAME,
          Map.of(),
          "Ranks by pattern of layers; the scale stays where alphas says nothing");
  public static final RunKey<Map<String, Double>> ALPHAS =
      RunKey.of("adapter.alpha_pattern", NUMBERS_BY_NAME, Map.of(), "Alphas by pattern of layers");
  public static final RunKey<String> INIT =
      RunKey.of(
          "adapter.init",
          choice(
              "kaiming",
              "gaussian",
              "orthogonal",
              "pissa",
              "olora",
              "loftq",
              "eva",
              "lora_ga",
              "corda"),
          "kaiming",
          "What the factors start from");
  public static final RunKey<String> RANK_RULE =
      RunKey.of(
          "adapter.rank_rule",
          choice("uniform", "by_energy"),
          "uniform",
          "How layers get their ranks: those that are said, or by the energy of their gradients");
  public static final RunKey<Integer> RANK_MIN =
      unset("adapter.rank_min", count(1), "Least rank of a layer by energy; 1 if not given");
  public static final RunKey<Integer> RANK_MAX =
      unset(
          "adapter.rank_max",
          count(1),
          "Greatest rank of a layer by energy; twice its rank if not given");
  public static final RunKey<Integer> CALIBRATION_BATCHES =
      unset(
          "adapter.calibration_batches",
          count(1),
          "Batches that are looked at before the first step where the pictures decide ranks or"
              + " first factors; 8, with eva at most 32");
  public static final RunKey<Double> EVA_RHO =
      unset(
          "adapter.eva_rho",
          number(1, ANY),
          "Greatest rank of a layer with init = eva, in multiples of its rank; 2 if not given");
  public static final RunKey<Double> EVA_TAU =
      unset(
          "adapter.eva_tau",
          number(0, 1),
          "Cosine from which a direction has settled, with init = eva; 0.99 if not given");
  public static final RunKey<Boolean> EVA_WHITEN =
      unset(
          "adapter.eva_whiten",
          FLAG,
          "Divide directions by the root of their singular value, with init = eva");
  public static final RunKey<Boolean> EVA_ADJUST =
      unset(
          "adapter.eva_adjust_scaling_factors",
          FLAG,
          "Whether alpha follows the rank of a layer, with init = eva; true if not given");
  public static final RunKey<Double> GAMMA =
      unset(
          "adapter.lora_ga_gamma",
          number(0, ANY),
          "Divisor of the first product with init = lora_ga, by its root; 16 if not given");
  public static final RunKey<String> CORDA_METHOD =
      unset(
          "adapter.corda_method",
          choice("ipm", "kpm"),
          "Directions with init = corda: ipm, those that the pictures use most, if not given; kpm,"
              + " the least");
  public static final RunKey<Boolean> RSLORA =
      RunKey.of("adapter.rslora", FLAG, false, "Alpha over the root of the rank");
  public static final RunKey<Double> DROPOUT =
      RunKey.of(
          "adapter.dropout",
          number(0, 1),
          0.0,
          "Share left out between the factors",
          "network_dropout");
  public static final RunKey<Double> INPUT_DROPOUT =
      RunKey.of("adapter.input_dropout", number(0, 1), 0.0, "Share of the layer's inputs left out");
  public static final RunKey<Double> RANK_DROPOUT =
      RunKey.of("adapter.rank_dropout", number(0, 1), 0.0, "Share of ranks left out");
  public static final RunKey<Double> MODULE_DROPOUT =
      RunKey.of("adapter.module_dropout", number(0, 1), 0.0, "Share of layers left out");
  public static final RunKey<Double> MAX_NORM =
      unset(
          "adapter.max_norm",
          number(0, ANY),
          "Greatest norm of what is added at a layer; greater ones are scaled down",
          "scale_weight_norms");
  public static final RunKey<Long> FACTOR =
      unset("adapter.factor", WHOLE, "LoKr: size of the first factor; the largest if not given");
  public static final RunKey<Boolean> TEXT_ENCODER =
      RunKey.of("adapter.text_encoder", FLAG, false, "Train the text encoder too");

  /** All of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL =
      List.of(
          METHOD,
          SETTINGS_OF_METHOD,
          FROM,
          SHARED_A,
          RANK,
          ALPHA,
          CONV_RANK,
          CONV_ALPHA,
          TARGETS,
          INCLUDE,
          EXCLUDE,
          RANKS,
          ALPHAS,
          INIT,
          RANK_RULE,
          RANK_MIN,
          RANK_MAX,
          CALIBRATION_BATCHES,
          EVA_RHO,
          EVA_TAU,
          EVA_WHITEN,
          EVA_ADJUST,
          GAMMA,
          CORDA_METHOD,
          RSLORA,
          DROPOUT,
          INPUT_DROPOUT,
          RANK_DROPOUT,
          MODULE_DROPOUT,
          MAX_NORM,
          FACTOR,
          TEXT_ENCODER);

  private AdapterKeys() {}
}
