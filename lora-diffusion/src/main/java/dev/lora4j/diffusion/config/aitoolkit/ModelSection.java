package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.TrainingAdapterKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The base of a configuration: its kind, where it is, and how its weights are kept. */
final class ModelSection {
  private static final String PATH = "name_or_path";
  private static final String ASSISTANT = "assistant_lora_path";

  /** A repository of Hugging Face, and possibly a file in it. */
  private static final Pattern REPOSITORY = Pattern.compile("[\\w.-]+/[\\w.-]+(/[\\w./-]+)?");

  /** Kinds of rounded weights, and what comes nearest here. */
  private static final Map<String, String> PRECISIONS =
      Map.of(
          "qfloat8", "fp8",
          "float8", "fp8",
          "qint8", "int8",
          "int8", "int8",
          "convrot8", "int8",
          "nf4", "nf4");

  private static final IgnoredKeys IGNORED =
      new IgnoredKeys()
          .needless("train.dtype counts there too", "dtype")
          .needless(
              "pictures and texts are encoded in the type of compute", "vae_dtype", "te_dtype")
          .needless("one device does all", "vae_device", "te_device", "split_model_over_gpus")
          .needless("one device does all", "split_model_other_module_param_count_scale=0.3")
          .needless(
              "weights of the base are mapped; weights_memory bounds what they take in memory",
              "low_vram",
              "auto_memory",
              "layer_offloading",
              "layer_offloading_transformer_percent=1",
              "layer_offloading_text_encoder_percent=1")
          .needless("the base's text encoders are rounded by its precision", "qtype_te=qfloat8")
          .needless("the base's text encoders are rounded by its precision", "text_encoder_bits=16")
          .needless("all large weights are rounded", "quantize_kwargs")
          .needless(
              "programs are compiled before",
              "compile",
              "block_compile=true",
              "compile_mode=default",
              "compile_fullgraph",
              "compile_dynamic=true",
              "cache_size_limit")
          .needless("the kind of a base is read from it", "experimental_xl", "latent_space_version")
          .needless("latents have the size of the pictures", "unet_sample_size")
          .needless("network_kwargs choose layers", "only_if_contains", "ignore_if_contains")
          .missed(
              "all parts come from the base's folder; put them there",
              "vae_path",
              "te_name_or_path",
              "extras_name_or_path",
              "model_paths")
          .missed("there is no refiner; remove it", "refiner_name_or_path")
          .needless("there is no refiner", "refiner_start_at=0.5")
          .missed("bake it into the base first, with ./lora4j bake", "lora_path")
          .missed(
              "previews have the adapter alone; remove it",
              "inference_lora_path",
              "unconditional_lora_path")
          .missed("no adapter makes up for the rounding; remove it", "accuracy_recovery_adapter")
          .missed("FLUX.1 is told a guidance scale, loss.guidance_scale; remove it", "use_flux_cfg")
          .missed("all tokens of the text encoders count; remove it", "attn_masking")
          .missed("no other pictures are looked at; remove it", "in_context")
          .missed("the base's own configuration counts; remove it", "model_kwargs");

  private final ToolkitSettings settings;
  private final Section model;

  ModelSection(ToolkitSettings settings, Section model) {
    this.settings = settings;
    this.model = model;
  }

  /** The kind of base, unless there is none of it here, which is a problem then. */
  static Optional<Architecture> architecture(Section model) {
    String key = "arch";
    Optional<String> said = model.text(key);
    for (String flag : Architecture.FLAGS) {
      String[] parts = flag.split("=", 2);
      if (model.yes(parts[0]) && said.isEmpty()) {
        key = parts[0];
        said = Optional.of(parts[1]);
      }
    }
    String arch = said.orElse("sd1");
    Optional<Architecture> found = Architecture.named(arch);
    if (found.isEmpty()) {
      model.problem(
          key,
          "is "
              + arch
              + ", and no adapter is trained here on such a base; expected "
              + String.join(", ", Architecture.names())
              + ".");
    }
    return found;
  }

  void read() {
    base();
    assistant();
    precision();
    model
        .text("unet_path")
        .ifPresent(
            file ->
                settings.set(
                    RunKeys.DENOISER, settings.path(file).toString(), model.origin("unet_path")));
    if (model.yes("is_v_pred")) {
      settings.set(RunKeys.PREDICTION, "v_prediction", model.origin("is_v_pred"));
    }
    // Taken by the network.
    model.flag("use_text_encoder_1");
    model.flag("use_text_encoder_2");
    model.finish(IGNORED);
  }

  private void base() {
    Optional<String> said = model.text(PATH);
    if (said.isEmpty()) {
      model.problem(PATH, "is missing; it names the base.");
      return;
    }
    Path path = settings.path(said.get());
    settings.set(RunKeys.BASE, path.toString(), model.origin(PATH));
    settings.unlessReplaced(
        RunKeys.BASE,
        () ->
            requireThere(
                PATH,
                said.get(),
                path,
                "Fetch it with a client of the hub, and --base says where it is."));
  }

  private void requireThere(String key, String said, Path path, String how) {
    if (!Files.exists(path)) {
      boolean repository = REPOSITORY.matcher(said).matches();
      model.problem(
          key,
          (repository ? "is the repository " + said + ", which is not fetched" : "is " + said)
              + "; there is no "
              + path
              + ". "
              + how);
    }
  }

  private void assistant() {
    Optional<String> said = model.text(ASSISTANT);
    if (said.isPresent()) {
      Path path = settings.path(said.get());
      settings.set(TrainingAdapterKeys.FILE, path.toString(), model.origin(ASSISTANT));
      settings.unlessReplaced(
          TrainingAdapterKeys.FILE,
          () ->
              requireThere(
                  ASSISTANT,
                  said.get(),
                  path,
                  "Fetch its file with ./lora4j pull hf:OWNER/REPO/FILE, and --set"
                      + " training_adapter.file=FILE says where it is."));
    }
  }

  private void precision() {
    boolean rounded = model.yes("quantize");
    boolean texts = model.flag("quantize_te").orElse(rounded);
    String type = model.text("qtype").orElse("qfloat8");
    if (!rounded) {
      if (texts) {
        model.note("quantize_te", "has no effect: text encoders are rounded with the base.");
      }
      return;
    }
    String precision = PRECISIONS.get(type);
    if (precision == null) {
      model.problem(
          "qtype",
          "is "
              + type
              + ", which is not done here; take qfloat8, or --set base_precision=nf4 and quantize:"
              + " false.");
      return;
    }
    settings.set(RunKeys.BASE_PRECISION, precision, model.origin("quantize"));
    model.note(
        "quantize",
        "is base_precision = "
            + precision
            + ", which rounds in another way than "
            + type
            + ": the denoiser and text encoders of more than a billion numbers (docs/quantised.md).");
  }

  /** Patterns of text encoders that are not trained. */
  static List<String> untrained(Section model, boolean xl) {
    List<String> patterns = new ArrayList<>();
    if (!model.flag("use_text_encoder_1").orElse(true)) {
      patterns.add("text_encoder.*");
    }
    if (xl && !model.flag("use_text_encoder_2").orElse(true)) {
      patterns.add("text_encoder_2.*");
    }
    return patterns;
  }
}
