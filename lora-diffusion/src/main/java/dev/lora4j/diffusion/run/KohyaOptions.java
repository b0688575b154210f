package dev.lora4j.diffusion.run;

import dev.lora4j.core.adapter.dora.DoraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.spi.Extensions;
import dev.lora4j.core.spi.SettingInfo;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Options of sd-scripts that say something in another form than ours, and those that have nothing
 * to say here. Options that only have another name are aliases of our keys.
 */
final class KohyaOptions {
  /** What an option's value means. */
  @FunctionalInterface
  private interface Meaning {
    void apply(Layers layers, Object value, String origin);
  }

  private static final String DECOUPLE = "decouple";
  private static final Map<String, Meaning> MEANINGS = new LinkedHashMap<>();

  static {
    MEANINGS.put("mixed_precision", (to, v, from) -> to.set("precision", type(v, "f32"), from));
    MEANINGS.put("save_precision", (to, v, from) -> to.set("stored", type(v, "f16"), from));
    MEANINGS.put("output_dir", (to, v, from) -> to.place(String.valueOf(v), "", from));
    MEANINGS.put("output_name", (to, v, from) -> to.place("", String.valueOf(v), from));
    MEANINGS.put("network_module", KohyaOptions::module);
    MEANINGS.put("network_args", KohyaOptions::networkArguments);
    MEANINGS.put("optimizer_type", KohyaOptions::optimizer);
    MEANINGS.put(
        "optimizer_args", (to, v, from) -> each(v, from, to, KohyaOptions::optimizerArgument));
    MEANINGS.put("network_train_unet_only", KohyaOptions::unetOnly);
    MEANINGS.put("resolution", (to, v, from) -> to.data("resolution", v));
    MEANINGS.put("sample_prompts", KohyaOptions::samplePrompts);
    needless("xformers", "attention is always computed without storing its scores");
    needless("sdpa", "attention is always computed without storing its scores");
    needless("mem_eff_attn", "attention is always computed without storing its scores");
    needless("cache_latents", "latents are always kept");
    needless("cache_latents_to_disk", "latents are always kept on disk");
    MEANINGS.put("cache_text_encoder_outputs", KohyaOptions::unetOnly);
    needless("max_data_loader_n_workers", "nothing is loaded while it trains");
    needless("persistent_data_loader_workers", "nothing is loaded while it trains");
    needless("save_model_as", "adapters are always written as safetensors");
    needless("lowram", "weights are mapped, not copied");
    needless(
        "no_half_vae",
        "pictures are encoded in the type of precision, which is never f16 on a CPU");
    needless("full_bf16", "trained weights are always F32");
    needless("full_fp16", "trained weights are always F32");
    needless("log_with", "logging.trackers says what is written");
    needless("logging_dir", "TensorBoard's files are in the run's folder");
    needless("save_state", "a run can always be gone on with");
    needless("vae_batch_size", "the size is chosen by itself");
    needless("max_token_length", "captions are cut at 75 tokens; plan shows which");
    needless("v2", "the kind of a base is read from it");
    needless("v_parameterization", "the kind of a base is read from it");
  }

  private KohyaOptions() {}

  private static void needless(String name, String reason) {
    MEANINGS.put(
        name,
        (to, value, origin) -> to.note(origin + ": " + name + " has no effect: " + reason + "."));
  }

  /** The names of all of them. */
  static Collection<String> names() {
    return MEANINGS.keySet();
  }

  /** Says whether there is such an option, and does what it means. */
  static boolean apply(Layers layers, String name, Object value, String origin) {
    Meaning meaning = MEANINGS.get(name);
    if (meaning != null) {
      meaning.apply(layers, value, origin);
    }
    return meaning != null;
  }

  private static String type(Object value, String none) {
    return switch (String.valueOf(value)) {
      case "no", "None" -> none;
      case "float", "fp32" -> "f32";
      case "fp16" -> "f16";
      default -> String.valueOf(value);
    };
  }

  private static void module(Layers to, Object value, String origin) {
    switch (String.valueOf(value)) {
      case "networks.lora" -> {
        to.set("adapter.method", "lora", origin);
        to.otherwise(AdapterKeys.TARGETS, "attention-feed-forward", origin);
        to.otherwise(AdapterKeys.TEXT_ENCODER, true, origin);
        to.note(
            origin
                + ": networks.lora trains attention and feed-forward layers, convolutions too with"
                + " conv_dim, and the text encoder unless network_train_unet_only says otherwise.");
      }
      case "networks.dylora", "networks.lora_fa" ->
          to.problem(
              origin
                  + ": network_module "
                  + value
                  + " is not trained here; expected networks.lora"
                  + " or lycoris.kohya.");
      case "lycoris.kohya" -> {
        to.otherwise(AdapterKeys.TEXT_ENCODER, true, origin);
        to.note(origin + ": lycoris.kohya, by the algo of network_args; the text encoder too.");
      }
      default ->
          to.problem(
              origin
                  + ": network_module "
                  + value
                  + " is not known; expected networks.lora or"
                  + " lycoris.kohya.");
    }
  }

  private static void networkArguments(Layers to, Object value, String origin) {
    Map<String, String> all = arguments(value, origin, to);
    if (Boolean.parseBoolean(all.remove("dora_wd"))) {
      dora(to, all, origin);
    }
    all.forEach((name, argument) -> networkArgument(to, name, argument, origin));
  }

  /** DoRA around the method of {@code algo}, which takes the arguments that are its settings. */
  private static void dora(Layers to, Map<String, String> arguments, String origin) {
    String algo = method(arguments.getOrDefault("algo", LoraMethod.NAME));
    arguments.put("algo", DoraMethod.NAME);
    List<String> own = new ArrayList<>();
    for (SettingInfo setting : settings(algo)) {
      if (arguments.containsKey(setting.name())) {
        own.add(setting.name() + "=" + arguments.remove(setting.name()).toLowerCase(Locale.ROOT));
      }
    }
    String inner = own.isEmpty() ? algo : algo + ":" + String.join(",", own);
    to.setting(AdapterKeys.SETTINGS_OF_METHOD, "inner", inner, origin);
  }

  private static List<SettingInfo> settings(String method) {
    return Extensions.installed()
        .find(TrainableMethod.class, method)
        .map(found -> found.info().settings())
        .orElse(List.of());
  }

  private static String method(String algo) {
    return algo.equals("locon") ? LoraMethod.NAME : algo;
  }

  private static void networkArgument(Layers to, String name, String value, String origin) {
    switch (name) {
      case "conv_dim" -> {
        to.set("adapter.conv_rank", value, origin);
        to.set("adapter.targets", "style", origin);
      }
      case "conv_alpha" -> to.set("adapter.conv_alpha", value, origin);
      case "algo" -> to.set("adapter.method", method(value), origin);
      case "factor" -> to.set("adapter.factor", value, origin);
      case "dropout" -> to.set("adapter.dropout", value, origin);
      case "rank_dropout" -> to.set("adapter.rank_dropout", value, origin);
      case "module_dropout" -> to.set("adapter.module_dropout", value, origin);
      case "loraplus_lr_ratio" -> to.set("optimizer.up_ratio", value, origin);
      case "rs_lora" -> to.set("adapter.rslora", value, origin);
      default -> {
        if (has(TrainableMethod.class, name)) {
          to.setting(AdapterKeys.SETTINGS_OF_METHOD, name, value, origin);
        } else {
          to.problem(origin + ": network_args: " + name + " is not known here; remove it.");
        }
      }
    }
  }

  private static void optimizer(Layers to, Object value, String origin) {
    String name = String.valueOf(value).toLowerCase(Locale.ROOT);
    if (name.endsWith("8bit")) {
      to.note(origin + ": optimizer_type " + value + ": its state is kept in F32, not in 8 bits.");
      name = name.substring(0, name.length() - "8bit".length()).replace("paged", "");
    }
    to.set("optimizer.name", name, origin);
  }

  private static void optimizerArgument(Layers to, String name, String value, String origin) {
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

  /** Whether an extension of a point has a setting of this name. */
  private static boolean has(Class<?> point, String setting) {
    return Extensions.installed().list(point).stream()
        .flatMap(i -> i.info().settings().stream())
        .anyMatch(s -> s.name().equals(setting));
  }

  private static void decoupled(Layers to, String value, String origin) {
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

  private static void unetOnly(Layers to, Object value, String origin) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      to.set("adapter.text_encoder", false, origin);
    }
  }

  private static void samplePrompts(Layers to, Object value, String origin) {
    to.promptFile(String.valueOf(value), origin);
  }

  private interface Argument {
    void apply(Layers to, String name, String value, String origin);
  }

  /** Each {@code name=value} of a list. */
  private static void each(Object value, String origin, Layers to, Argument argument) {
    arguments(value, origin, to).forEach((name, text) -> argument.apply(to, name, text, origin));
  }

  private static Map<String, String> arguments(Object value, String origin, Layers to) {
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
