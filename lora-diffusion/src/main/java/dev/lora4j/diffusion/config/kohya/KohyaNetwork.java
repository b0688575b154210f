package dev.lora4j.diffusion.config.kohya;

import dev.lora4j.core.adapter.dora.DoraMethod;
import dev.lora4j.core.adapter.dylora.DyloraTraining;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.tlora.TloraMethod;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.ResolvedValues;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.SettingInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The options {@code network_module} and {@code network_args} of sd-scripts: each is read where it
 * stands, and both together decide at the end which layers are trained.
 */
final class KohyaNetwork {
  private static final String LORA = "networks.lora";
  private static final String LYCORIS = "lycoris.kohya";
  private static final String LORA_FA = "networks.lora_fa";
  private static final String DYLORA = "networks.dylora";

  /** Blocks of LyCORIS's DyLoRA, unless {@code block_size} says otherwise. */
  private static final String BLOCK_SIZE = "4";

  /** Layers of the blocks that the preset style leaves out, and networks.lora does not. */
  private static final String TIME_LAYERS = "unet.*time_emb_proj";

  /** Layers by the names that LyCORIS has for them. */
  private static final Map<String, String> PRESETS =
      Map.of(
          "full", "all",
          "attn-mlp", "attention-feed-forward",
          "attn-only", "attention",
          "unet-only", "all",
          "unet-transformer-only", "attention-feed-forward");

  private final SettingLayers to;
  private final ResolvedValues entries;
  private Optional<String> module = Optional.empty();
  private Optional<String> preset = Optional.empty();
  private Optional<String> convRank = Optional.empty();
  private Optional<String> convAlpha = Optional.empty();
  private Optional<String> cachedTexts = Optional.empty();
  private Optional<KohyaBlocks> blocks = Optional.empty();

  /** Arguments that choose layers of a transformer. */
  private final Map<String, String> ofBlocks = new LinkedHashMap<>();

  private String origin = "";
  private int source;

  KohyaNetwork(SettingLayers to) {
    this.to = to;
    entries = to.entries();
  }

  private void heard(String from) {
    if (origin.isEmpty()) {
      origin = from;
      source = entries.source();
    }
  }

  /** The module that trains. */
  void module(Object value, String from) {
    heard(from);
    String name = String.valueOf(value);
    module = Optional.of(name);
    switch (name) {
      case LORA -> to.set(AdapterKeys.METHOD.name(), LoraMethod.NAME, from);
      case LYCORIS -> to.otherwise(AdapterKeys.METHOD, LoraMethod.NAME, from);
      case DYLORA -> {
        to.set(AdapterKeys.METHOD.name(), DyloraTraining.NAME, from);
        to.note(
            from
                + ": "
                + DYLORA
                + " draws a rank for each layer and uses all directions; here each step has one"
                + " rank, and uses as many directions, with alpha / rank as the scale.");
      }
      case LORA_FA -> to.set(AdapterKeys.METHOD.name(), "lora-fa", from);
      default -> {
        if (transformer().isPresent()) {
          to.set(AdapterKeys.METHOD.name(), LoraMethod.NAME, from);
        } else {
          notHere(name, from);
        }
      }
    }
  }

  private void notHere(String name, String from) {
    to.problem(
        from
            + ": network_module "
            + name
            + " is not known here; expected "
            + LORA
            + ", "
            + LORA_FA
            + ", "
            + DYLORA
            + ", "
            + KohyaTransformer.FLUX.module()
            + ", "
            + KohyaTransformer.SD3.module()
            + " or "
            + LYCORIS
            + ".");
  }

  /** True if a module of sd-scripts is set, so that its defaults apply too. */
  boolean trains() {
    return transformer().isPresent()
        || module.filter(List.of(LORA, LORA_FA, LYCORIS, DYLORA)::contains).isPresent();
  }

  /** The transformer of a flow that the module trains, if it is for one. */
  Optional<KohyaTransformer> transformer() {
    return module.flatMap(KohyaTransformer::of);
  }

  /**
   * Keeps captions' encodings, which leaves text encoders out that the base has no use for then.
   */
  void cacheTexts(Object value, String from) {
    if (Boolean.parseBoolean(String.valueOf(value))) {
      heard(from);
      cachedTexts = Optional.of(from);
    }
  }

  private boolean lycoris() {
    return module.filter(LYCORIS::equals).isPresent();
  }

  /** Number of the file of the first option. */
  int source() {
    return source;
  }

  /** Origin of the first option. */
  String origin() {
    return origin;
  }

  /** Arguments of the module by their names. */
  void arguments(Map<String, String> all, String from) {
    heard(from);
    all.values().removeIf(String::isBlank);
    Optional<String> onOutput = Optional.ofNullable(all.remove("wd_on_output"));
    if (yes(Optional.ofNullable(all.remove("dora_wd")).orElse("false"))) {
      dora(all, from);
      onOutput.ifPresent(
          o -> to.setting(AdapterKeys.SETTINGS_OF_METHOD, "wd_on_out", "" + yes(o), from));
    } else if (onOutput.isPresent()) {
      to.note(from + ": network_args: wd_on_output has no effect without dora_wd.");
    }
    boolean nested = DyloraTraining.NAME.equalsIgnoreCase(all.getOrDefault("algo", ""));
    Optional<String> block = Optional.ofNullable(all.remove("block_size"));
    if (nested) {
      to.setting(AdapterKeys.SETTINGS_OF_METHOD, "unit", block.orElse(BLOCK_SIZE), from);
      to.note(
          from
              + ": network_args: LyCORIS's DyLoRA divides alpha by the number of blocks, and draws"
              + " for each layer; here each step has one rank, and alpha is divided by it.");
    } else if (block.isPresent()) {
      to.note(from + ": network_args: block_size has no effect without algo=dylora.");
    }
    byTimestep(all, from);
    all.forEach((name, argument) -> argument(name, argument, from));
  }

  /** Takes LyCORIS's arguments of T-LoRA that no setting here has the name of. */
  private void byTimestep(Map<String, String> all, String from) {
    if (!TloraMethod.NAME.equalsIgnoreCase(all.getOrDefault("algo", ""))) {
      return;
    }
    // Groups tell the networks of one process apart.
    all.remove("mask_group_id");
    if (!yes(Optional.ofNullable(all.remove("use_data_init")).orElse("True"))) {
      to.problem(
          from
              + ": network_args: use_data_init = False begins with the singular directions of random"
              + " numbers; here T-LoRA begins with those of the weights, which sig_type chooses."
              + " Remove it.");
    }
    to.note(
        from
            + ": network_args: T-LoRA is stored as a LoRA of twice the rank, which all programs read;"
            + " form=tlora writes LyCORIS's own form.");
  }

  /** LyCORIS takes all for true but the word false. */
  private static boolean yes(String value) {
    return !value.equalsIgnoreCase("false");
  }

  /** DoRA around the method of {@code algo}, which takes the arguments that are its settings. */
  private void dora(Map<String, String> arguments, String from) {
    String algo = method(arguments.getOrDefault("algo", LoraMethod.NAME));
    arguments.put("algo", DoraMethod.NAME);
    List<String> own = new ArrayList<>();
    for (SettingInfo setting : settings(algo)) {
      if (arguments.containsKey(setting.name())) {
        own.add(setting.name() + "=" + arguments.remove(setting.name()).toLowerCase(Locale.ROOT));
      }
    }
    String inner = own.isEmpty() ? algo : algo + ":" + String.join(",", own);
    to.setting(AdapterKeys.SETTINGS_OF_METHOD, "inner", inner, from);
  }

  private static List<SettingInfo> settings(String method) {
    return Extensions.installed()
        .find(TrainableMethod.class, method)
        .map(found -> found.info().settings())
        .orElse(List.of());
  }

  private static String method(String algo) {
    return algo.equalsIgnoreCase("locon") ? LoraMethod.NAME : algo;
  }

  private void argument(String name, String value, String from) {
    switch (name) {
      case "conv_dim" -> {
        convRank = Optional.of(value);
        if (!zero(value)) {
          to.set("adapter.conv_rank", value, from);
        }
      }
      case "conv_alpha" -> {
        convAlpha = Optional.of(value);
        if (!zero(value)) {
          to.set("adapter.conv_alpha", value, from);
        }
      }
      case "algo" -> to.set("adapter.method", method(value), from);
      case "factor" -> to.set("adapter.factor", value, from);
      case "dropout" -> to.set("adapter.dropout", value, from);
      case "rank_dropout" -> to.set("adapter.rank_dropout", value, from);
      case "module_dropout" -> to.set("adapter.module_dropout", value, from);
      case "loraplus_lr_ratio" -> to.set("optimizer.loraplus_lr_ratio", value, from);
      case "rs_lora" -> to.set("adapter.rslora", yes(value), from);
      case "preset" -> preset(value, from);
      // LyCORIS's earlier name is use_cp.
      case "use_tucker", "use_cp" -> {
        if (yes(value)) {
          to.setting(AdapterKeys.SETTINGS_OF_METHOD, "use_tucker", "true", from);
        }
      }
      case "verbose" ->
          to.note(from + ": network_args: verbose has no effect: plan shows all layers.");
      default -> {
        if (KohyaBlocks.takes(name)) {
          ofBlocks.put(name, value);
        } else if (KohyaBlocks.missed(to, name, from)) {
          heard(from);
        } else if (KohyaOptions.has(TrainableMethod.class, name)) {
          to.setting(AdapterKeys.SETTINGS_OF_METHOD, name, value, from);
        } else if (!KohyaIgnoredOptions.argumentOff(name, value)) {
          to.problem(from + ": network_args: " + name + " is not known here; remove it.");
        }
      }
    }
  }

  private static boolean zero(String value) {
    return value.matches("0+(\\.0*)?");
  }

  private void preset(String value, String from) {
    if (PRESETS.containsKey(value)) {
      preset = Optional.of(value);
      return;
    }
    to.problem(
        from
            + ": network_args: there is no preset "
            + value
            + " here; expected full, attn-mlp, attn-only, unet-only or unet-transformer-only, or"
            + " say adapter.include.");
  }

  /** Applies both together to keys that neither their file nor a later layer sets. */
  void lay() {
    // Of a flow's text encoders only T5 is encoded before then; CLIP is trained nevertheless.
    if (cachedTexts.isPresent() && transformer().isEmpty() && unsaid(AdapterKeys.TEXT_ENCODER)) {
      to.set(AdapterKeys.TEXT_ENCODER.name(), false, cachedTexts.get());
    }
    if (transformer().isEmpty() && !ofBlocks.isEmpty()) {
      to.problem(
          origin
              + ": network_args: "
              + String.join(", ", ofBlocks.keySet())
              + " are for "
              + KohyaTransformer.FLUX.module()
              + " and "
              + KohyaTransformer.SD3.module()
              + "; remove them.");
    }
    boolean convolutions = convRank.filter(rank -> !zero(rank)).isPresent();
    if (lycoris() && convRank.isPresent() && !convolutions) {
      to.problem(
          origin
              + ": network_args: conv_dim of 0 leaves out convolutions; say preset=attn-mlp"
              + " instead.");
    }
    boolean layers = transformer().isEmpty() && (trains() || preset.isPresent() || convolutions);
    if (layers && unsaid(AdapterKeys.TARGETS) && unsaid(AdapterKeys.INCLUDE)) {
      targets(convolutions);
    }
    if (trains() && unsaid(AdapterKeys.TEXT_ENCODER)) {
      boolean reads = preset.filter(name -> name.startsWith("unet-")).isEmpty();
      to.set(AdapterKeys.TEXT_ENCODER.name(), reads, origin);
    }
    transformer().ifPresent(this::blocks);
    if (convAlpha.filter(KohyaNetwork::zero).isPresent() && unsaid(AdapterKeys.CONV_ALPHA)) {
      convRank.ifPresent(rank -> to.set(AdapterKeys.CONV_ALPHA.name(), rank, origin));
    }
  }

  private void blocks(KohyaTransformer transformer) {
    requireFolder(transformer);
    if (unsaid(AdapterKeys.TARGETS) && unsaid(AdapterKeys.INCLUDE)) {
      KohyaBlocks chosen = new KohyaBlocks(to, transformer, ofBlocks);
      chosen.lay(origin);
      chosen.alphas(origin);
      blocks = Optional.of(chosen);
    }
  }

  /** There the transformer, its text encoders and the autoencoder are files of their own. */
  private void requireFolder(KohyaTransformer transformer) {
    entries
        .find(RunKeys.BASE)
        .filter(base -> entries.renamed(RunKeys.BASE) && base.endsWith(".safetensors"))
        .ifPresent(
            file ->
                to.problem(
                    entries.origin(RunKeys.BASE)
                        + ": "
                        + transformer.module()
                        + " trains on a file of the transformer alone, and a base here is a folder"
                        + " of diffusers; set base to the folder, and denoiser to "
                        + file
                        + " if its transformer is to take the place of the folder's."));
  }

  /** Gives layers with ranks of their own the alpha of the others, when that is known. */
  void alphas() {
    blocks.ifPresent(chosen -> chosen.alphas(origin));
  }

  private boolean unsaid(RunKey<?> key) {
    return entries.source(key) < source;
  }

  private void targets(boolean convolutions) {
    boolean blocks = preset.isEmpty() && !lycoris() && convolutions;
    String name = preset.map(PRESETS::get).orElse(lycoris() ? "all" : "attention-feed-forward");
    to.set(AdapterKeys.TARGETS.name(), List.of(blocks ? "style" : name), origin);
    if (blocks) {
      to.set(AdapterKeys.INCLUDE.name(), List.of(TIME_LAYERS), origin);
    }
    if (trains()) {
      to.note(
          origin
              + (lycoris()
                  ? ": lycoris.kohya trains the layers of its preset, full unless another is said,"
                  : ": networks.lora trains attention and feed-forward layers, those of all blocks"
                      + " with conv_dim,")
              + " and the text encoder unless network_train_unet_only says otherwise.");
    }
  }

  /** Default alpha of convolutions, if it differs from ours. */
  Optional<Double> usualConvAlpha() {
    if (convRank.isEmpty()) {
      return Optional.empty();
    }
    return lycoris() ? entries.find(AdapterKeys.ALPHA) : Optional.of(1.0);
  }
}
