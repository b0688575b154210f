package dev.lora4j.diffusion.config.kohya;

import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.OptimizerKeys;
import dev.lora4j.diffusion.config.ResolvedValues;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.TrainerOptions;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Options of sd-scripts that have another form than ours. Options that only have another name are
 * aliases of our keys; {@link KohyaIgnoredOptions} has those without effect here.
 */
public final class KohyaOptions implements TrainerOptions {
  /** Effect of an option's value. */
  @FunctionalInterface
  private interface Meaning {
    void apply(SettingLayers layers, Object value, String origin);
  }

  private static final String DECOUPLE = "decouple";
  private static final int CHUNK = 75;

  /** Options that are off at 0, where the key takes no 0. */
  private static final Set<String> OFF_AT_ZERO =
      Set.of(
          "max_train_epochs",
          "scale_weight_norms",
          "sample_every_n_steps",
          "sample_every_n_epochs",
          "save_every_n_steps",
          "save_every_n_epochs",
          "validate_every_n_steps",
          "validate_every_n_epochs");

  private final Map<String, Meaning> meanings = new LinkedHashMap<>();
  private final SettingLayers layers;
  private final KohyaNetwork network;
  private final KohyaFlow flow;

  /** Options that set keys of {@code layers}. */
  public KohyaOptions(SettingLayers layers) {
    this.layers = layers;
    network = new KohyaNetwork(layers);
    flow = new KohyaFlow(layers);
    meanings.put("v_parameterization", KohyaOptions::velocity);
    meanings.put("mixed_precision", KohyaOptions::precision);
    meanings.put("fp8_base", KohyaOptions::fp8);
    meanings.put("fp8_base_unet", KohyaOptions::fp8);
    meanings.put("save_precision", (to, v, from) -> to.set("dtype", type(v, "f16"), from));
    meanings.put("output_dir", (to, v, from) -> to.place(String.valueOf(v), "", from));
    meanings.put("output_name", (to, v, from) -> to.place("", String.valueOf(v), from));
    meanings.put("network_module", (to, v, from) -> network.module(v, from));
    meanings.put("network_args", (to, v, from) -> network.arguments(arguments(v, from, to), from));
    meanings.put("network_alpha", KohyaOptions::alpha);
    meanings.put("unet_lr", (to, v, from) -> rate(to, OptimizerKeys.UNET_RATE, v, from));
    meanings.put("text_encoder_lr", (to, v, from) -> rate(to, OptimizerKeys.TEXT_RATE, v, from));
    meanings.put("optimizer_type", KohyaOptions::optimizer);
    meanings.put(
        "optimizer_args", (to, v, from) -> each(v, from, to, KohyaOptions::optimizerArgument));
    meanings.put("network_train_unet_only", KohyaOptions::unetOnly);
    meanings.put("resolution", (to, v, from) -> to.data("resolution", v));
    meanings.put("sample_prompts", KohyaOptions::samplePrompts);
    meanings.put("cache_text_encoder_outputs", (to, v, from) -> network.cacheTexts(v, from));
    meanings.put("network_train_text_encoder_only", KohyaOptions::textEncodersOnly);
    meanings.put("use_8bit_adam", (to, v, from) -> older(to, v, "AdamW8bit", from));
    meanings.put("use_lion_optimizer", (to, v, from) -> older(to, v, "Lion", from));
    meanings.put(
        "lr_scheduler_args",
        (to, v, from) ->
            each(
                v,
                from,
                to,
                (l, name, value, at) -> l.setting(OptimizerKeys.SCHEDULE_ARGS, name, value, at)));
    meanings.put("timestep_sampling", (to, v, from) -> flow.sampling(v, from));
    meanings.put("weighting_scheme", (to, v, from) -> flow.scheme(v, from));
    meanings.put("model_prediction_type", (to, v, from) -> flow.prediction(v, from));
    meanings.put("max_token_length", this::chunks);
    meanings.put("t5xxl_max_token_length", this::tokens);
    meanings.put("dataset_repeats", (to, v, from) -> to.data("num_repeats", v));
    meanings.put("caption_extention", (to, v, from) -> to.data("caption_extension", v));
    meanings.put(
        "metadata_trigger_phrase",
        (to, v, from) -> to.set("trigger_words", List.of(String.valueOf(v)), from));
  }

  @Override
  public Collection<String> names() {
    List<String> all = new ArrayList<>(meanings.keySet());
    all.addAll(KohyaIgnoredOptions.names());
    return all;
  }

  @Override
  public boolean off(String alias, Object value) {
    return OFF_AT_ZERO.contains(alias) && zero(value);
  }

  @Override
  public boolean apply(String name, Object value, String origin) {
    Meaning meaning = meanings.get(name);
    // Files that a program wrote have options that nobody set, as empty texts.
    if (meaning != null && !"".equals(value)) {
      meaning.apply(layers, value, origin);
    }
    return meaning != null || KohyaIgnoredOptions.told(layers, name, value, origin);
  }

  @Override
  public void combine() {
    network.lay();
    flow.lay(network.transformer());
  }

  @Override
  public void defaults() {
    if (network.trains()) {
      KohyaDefaults.lay(layers, layers.entries(), network, flow);
      network.alphas();
    }
  }

  /** There it depends on the card; F16 is for cards alone, so it needs its own key. */
  private static void precision(SettingLayers to, Object value, String origin) {
    String type = type(value, "f32");
    if (type.equals("f16")) {
      to.note(
          origin
              + ": mixed_precision fp16: computed in F32 or BF16, whichever is faster here;"
              + " compute = \"f16\" takes F16, on a card.");
      type = "auto";
    }
    to.set("compute", type, origin);
  }

  /** There a chunk has 75 tokens, whatever the base; flows have none. */
  private void chunks(SettingLayers to, Object value, String origin) {
    long tokens = value instanceof Number number ? number.longValue() : 0;
    if (tokens < 1 || tokens % CHUNK != 0) {
      to.problem(
          origin + ": max_token_length is 75, 150, 225 or more times 75, found " + value + ".");
    } else {
      to.set("caption_chunks", tokens / CHUNK, origin);
      to.last(() -> withoutChunks(to, origin));
    }
  }

  /** There it cuts what T5 reads; here the base says how much that is. */
  private void tokens(SettingLayers to, Object value, String origin) {
    to.last(
        () -> {
          boolean usual =
              network
                  .transformer()
                  .filter(one -> String.valueOf(one.tokens()).equals(String.valueOf(value)))
                  .isPresent();
          if (!usual && !zero(value)) {
            to.problem(
                origin
                    + ": t5xxl_max_token_length "
                    + value
                    + " is not done here: T5 reads 512 tokens in FLUX.1, 256 in its [schnell] and in"
                    + " Stable Diffusion 3. Remove it.");
          }
        });
  }

  private void withoutChunks(SettingLayers to, String origin) {
    ResolvedValues said = to.entries();
    if (network.transformer().isPresent()
        && said.as(RunKeys.CAPTION_CHUNKS).equals("caption_chunks")) {
      said.withdraw(RunKeys.CAPTION_CHUNKS);
      to.note(origin + ": max_token_length has no effect: T5 reads the tokens that the base says.");
    }
  }

  private static String type(Object value, String none) {
    return switch (String.valueOf(value)) {
      case "no", "None" -> none;
      case "float", "fp32" -> "f32";
      case "fp16" -> "f16";
      default -> String.valueOf(value);
    };
  }

  private static void optimizer(SettingLayers to, Object value, String origin) {
    String name = String.valueOf(value).toLowerCase(Locale.ROOT);
    to.set("optimizer.name", name, origin);
    if (name.endsWith("schedulefree")) {
      String rule = name;
      to.last(() -> withoutSchedule(to, rule, origin));
    }
  }

  /** There these take no notice of schedule and warm-up. */
  private static void withoutSchedule(SettingLayers to, String rule, String origin) {
    ResolvedValues said = to.entries();
    if (!said.find(OptimizerKeys.OPTIMIZER).filter(rule::equals).isPresent()) {
      return;
    }
    List<RunKey<?>> ignored = List.of(OptimizerKeys.SCHEDULE, OptimizerKeys.WARMUP);
    for (RunKey<?> key : ignored) {
      if (!said.free(key) && said.renamed(key)) {
        to.note(said.origin(key) + ": " + said.as(key) + " has no effect with " + rule + ".");
        said.withdraw(key);
      }
    }
    if (said.free(OptimizerKeys.SCHEDULE)) {
      said.put(OptimizerKeys.SCHEDULE, "constant", origin, "optimizer_type");
    }
  }

  private static void optimizerArgument(
      SettingLayers to, String name, String value, String origin) {
    if (name.equals("betas")) {
      String[] both = value.replaceAll("[()\\[\\] ]", "").split(",", -1);
      for (int i = 0; i < both.length; i++) {
        to.setting(OptimizerKeys.OPTIMIZER_ARGS, "beta" + (i + 1), both[i], origin);
      }
    } else if (name.equals(DECOUPLE) && !has(Optimizer.class, name)) {
      decoupled(to, value, origin);
    } else {
      to.setting(OptimizerKeys.OPTIMIZER_ARGS, name, value, origin);
    }
  }

  /** True if an extension of a point has a setting of this name. */
  static boolean has(Class<?> point, String setting) {
    return Extensions.installed().list(point).stream()
        .flatMap(i -> i.info().settings().stream())
        .anyMatch(s -> s.name().equals(setting));
  }

  private static void decoupled(SettingLayers to, String value, String origin) {
    if (!value.equalsIgnoreCase("true")) {
      to.problem(
          origin
              + ": optimizer_args: "
              + DECOUPLE
              + " is always true here, as weight decay is taken from the weights themselves; found "
              + value
              + ".");
    }
  }

  private static void fp8(SettingLayers to, Object value, String origin) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      to.set(RunKeys.BASE_PRECISION.name(), "fp8", origin);
    }
  }

  private static void unetOnly(SettingLayers to, Object value, String origin) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      to.set("adapter.text_encoder", false, origin);
    }
  }

  private static void textEncodersOnly(SettingLayers to, Object value, String origin) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      to.set(AdapterKeys.TARGETS.name(), List.of("text-encoders"), origin);
      to.set(AdapterKeys.TEXT_ENCODER.name(), true, origin);
    }
  }

  /** An optimiser from a flag that is older than {@code optimizer_type}. */
  private static void older(SettingLayers to, Object value, String optimizer, String origin) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      optimizer(to, optimizer, origin);
    }
  }

  /** Sets velocity prediction; where the option is absent or false, the base decides. */
  private static void velocity(SettingLayers to, Object value, String origin) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      to.entries().put(RunKeys.PREDICTION, "v_prediction", origin, "v_parameterization");
    }
  }

  /** The rank where it is 0. */
  private static void alpha(SettingLayers to, Object value, String origin) {
    if (zero(value)) {
      to.entries().leave(AdapterKeys.ALPHA, "network_alpha");
    } else {
      to.entries().put(AdapterKeys.ALPHA, value, origin, "network_alpha");
    }
  }

  /**
   * Sets the rate of a part, which is not trained where it is 0; a list has one for each text
   * encoder.
   */
  private static void rate(SettingLayers to, RunKey<Double> key, Object value, String origin) {
    boolean text = key.equals(OptimizerKeys.TEXT_RATE);
    String name = text ? "text_encoder_lr" : "unet_lr";
    List<?> all = value instanceof List<?> list ? list : List.of(value);
    if (all.isEmpty()) {
      return;
    }
    if (all.stream().distinct().count() > 1) {
      to.problem(
          origin
              + ": "
              + name
              + " has several rates; the text encoders have one here, so say one number for all,"
              + " found "
              + all
              + ".");
    } else if (!zero(all.get(0))) {
      to.entries().put(key, all.get(0), origin, name);
    } else {
      to.entries().leave(key, name);
      if (text) {
        to.set(AdapterKeys.TEXT_ENCODER.name(), false, origin);
      } else {
        to.set(AdapterKeys.TARGETS.name(), List.of("text-encoders"), origin);
      }
    }
  }

  private static boolean zero(Object value) {
    return value instanceof Number number ? number.doubleValue() == 0 : value.equals("0");
  }

  private static void samplePrompts(SettingLayers to, Object value, String origin) {
    to.promptFile(String.valueOf(value), origin);
  }

  /** Effect of one {@code name=value} of a list. */
  private interface Argument {
    void apply(SettingLayers to, String name, String value, String origin);
  }

  /** Each {@code name=value} of a list. */
  private static void each(Object value, String origin, SettingLayers to, Argument argument) {
    arguments(value, origin, to).forEach((name, text) -> argument.apply(to, name, text, origin));
  }

  private static Map<String, String> arguments(Object value, String origin, SettingLayers to) {
    List<?> all =
        value instanceof List<?> list ? list : List.of(String.valueOf(value).split("\\s+", -1));
    Map<String, String> arguments = new LinkedHashMap<>();
    for (Object one : all) {
      String[] parts = String.valueOf(one).split("=", 2);
      if (parts.length == 2) {
        arguments.put(parts[0].strip(), parts[1].strip());
      } else {
        to.problem(origin + ": expected name=value, found \"" + one + "\".");
      }
    }
    return arguments;
  }
}
