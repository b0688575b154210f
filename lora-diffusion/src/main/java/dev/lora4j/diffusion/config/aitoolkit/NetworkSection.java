package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.core.adapter.dora.DoraMethod;
import dev.lora4j.core.adapter.lokr.LokrMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.RunKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The adapter of a configuration: its method, its ranks, and the layers it is on. */
final class NetworkSection {
  private static final int RANK = 4;

  private static final IgnoredKeys IGNORED =
      new IgnoredKeys()
          .needless("files are of the layout of LyCORIS", "old_lokr_format")
          .needless("bases of several stages are none here", "split_multistage_loras=true")
          .needless("the factors stay in memory", "layer_offloading")
          .missed("./lora4j extract makes an adapter of a difference; remove it", "lorm")
          .missed("layers are linear ones and convolutions; remove it", "all_layers");

  private static final IgnoredKeys OF_LAYERS =
      new IgnoredKeys()
          .missed("train whole layers by adapter.method = \"full\"; remove it", "full_if_contains")
          .missed("layers are chosen by their names; remove it", "parameter_threshold", "attn_only")
          .missed(
              "layers are chosen by only_if_contains; remove it",
              "target_lin_modules",
              "target_conv_modules",
              "full_train_in_out")
          .missed(
              "set adapter.rank_pattern and adapter.alpha_pattern; remove it",
              "block_dims",
              "block_alphas",
              "conv_block_dims",
              "conv_block_alphas",
              "modules_dim",
              "modules_alpha")
          .missed("network.type says the method; remove it", "module_class")
          .missed("the adapter is the one that is trained; remove it", "is_assistant_adapter")
          .missed("no adapter makes up for the rounding; remove it", "is_ara")
          .needless("plan shows all layers", "varbose")
          .needless("layout says the form of the file", "peft_format");

  private final ToolkitSettings settings;
  private final Section process;
  private final Section network;
  private final Section train;
  private final boolean flow;

  NetworkSection(ToolkitSettings settings, Section process, Section train) {
    this.settings = settings;
    this.process = process;
    this.train = train;
    network = process.section("network");
    flow = settings.architecture().flow();
  }

  void read() {
    if (!process.says("network")) {
      process.problem("network", "is missing, which trains the whole base there; add a network.");
      return;
    }
    String type = network.text("type").orElse("lora").toLowerCase(Locale.ROOT);
    boolean whole = network.flag("lokr_full_rank").orElse(true);
    Optional<Long> factor = network.whole("lokr_factor");
    switch (type) {
      case "lora" -> settings.set(AdapterKeys.METHOD, LoraMethod.NAME, network.origin("type"));
      case "dora" -> {
        settings.set(AdapterKeys.METHOD, DoraMethod.NAME, network.origin("type"));
        settings.set(
            AdapterKeys.SETTINGS_OF_METHOD, Map.of("wd_on_out", true), network.origin("type"));
      }
      case "lokr" -> lokr(whole, factor);
      default ->
          network.problem(
              "type", "is " + type + ", which is not done here; expected lora, dora or lokr.");
    }
    sizes(type.equals("lokr") && whole);
    network
        .text("pretrained_lora_path")
        .ifPresent(
            file ->
                settings.set(
                    AdapterKeys.FROM,
                    settings.path(file).toString(),
                    network.origin("pretrained_lora_path")));
    network
        .number("dropout")
        .ifPresent(x -> settings.set(AdapterKeys.DROPOUT, x, network.origin("dropout")));
    layers();
    if (flow && type.equals("lora")) {
      settings.usual(RunKeys.LAYOUT, "diffusers");
    }
    network.finish(IGNORED);
  }

  private void lokr(boolean whole, Optional<Long> factor) {
    settings.set(AdapterKeys.METHOD, LokrMethod.NAME, network.origin("type"));
    factor
        .filter(f -> f != -1)
        .ifPresent(f -> settings.set(AdapterKeys.FACTOR, f, network.origin("lokr_factor")));
    if (whole) {
      settings.set(
          AdapterKeys.SETTINGS_OF_METHOD,
          Map.of("full_matrix", true),
          network.origin("lokr_full_rank"));
    }
  }

  /** Ranks and alphas, which two whole matrices have none of. */
  private void sizes(boolean whole) {
    String rank = network.says("rank") ? "rank" : "linear";
    Optional<Long> said = network.whole("rank").or(() -> network.whole("linear"));
    network.value("linear");
    Optional<Double> all = network.number("alpha");
    Optional<Double> alpha = network.number("linear_alpha").or(() -> all);
    Optional<Long> conv = network.whole("conv").filter(n -> n > 0);
    Optional<Double> convAlpha = network.number("conv_alpha");
    if (whole) {
      return;
    }
    settings.set(AdapterKeys.RANK, said, RANK, network.origin(rank));
    if (flow) {
      double there = said.orElse((long) RANK);
      alpha
          .filter(a -> a != there)
          .ifPresent(
              a ->
                  network.note(
                      network.says("linear_alpha") ? "linear_alpha" : "alpha",
                      "has no effect: on transformers ai-toolkit takes the rank as alpha."));
      return;
    }
    settings.set(AdapterKeys.ALPHA, alpha, 1.0, network.origin("linear_alpha"));
    if (conv.isPresent()) {
      settings.set(AdapterKeys.CONV_RANK, conv.get(), network.origin("conv"));
      settings.set(
          AdapterKeys.CONV_ALPHA,
          convAlpha,
          conv.get().doubleValue(),
          network.origin("conv_alpha"));
    }
  }

  private void layers() {
    Section kwargs = network.section("network_kwargs");
    List<String> only = kwargs.texts("only_if_contains");
    List<String> ignored = kwargs.texts("ignore_if_contains");
    kwargs
        .number("rank_dropout")
        .ifPresent(x -> settings.set(AdapterKeys.RANK_DROPOUT, x, kwargs.origin("rank_dropout")));
    kwargs
        .number("module_dropout")
        .ifPresent(
            x -> settings.set(AdapterKeys.MODULE_DROPOUT, x, kwargs.origin("module_dropout")));
    kwargs.finish(OF_LAYERS);
    boolean blocks = network.flag("transformer_only").orElse(true) || !flow;
    boolean kernels = network.whole("conv").filter(n -> n > 0).isPresent();
    boolean texts = train.yes("train_text_encoder");
    List<String> include = new ArrayList<>();
    if (!train.flag("train_unet").orElse(true)) {
      settings.set(AdapterKeys.TARGETS, List.of("text-encoders"), train.origin("train_unet"));
    } else {
      LayerNames names = new LayerNames(settings.architecture(), blocks, kernels);
      include.addAll(
          only.isEmpty() ? List.of(names.all()) : only.stream().map(names::containing).toList());
      settings.set(AdapterKeys.INCLUDE, include, network.origin());
    }
    settings.set(AdapterKeys.TEXT_ENCODER, texts, train.origin("train_text_encoder"));
    List<String> exclude = new ArrayList<>(ignored.stream().map(LayerNames::literally).toList());
    if (texts) {
      settings.architecture().t5().ifPresent(exclude::add);
      boolean xl = settings.architecture() == Architecture.SDXL;
      exclude.addAll(ModelSection.untrained(process.section("model"), xl));
    }
    if (!exclude.isEmpty()) {
      settings.set(AdapterKeys.EXCLUDE, exclude, network.origin("network_kwargs"));
    }
  }
}
