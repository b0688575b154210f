package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.LossKeys;
import dev.lora4j.diffusion.config.RunKey;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.SettingLayers;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Steps, batches, types, noise and loss of a configuration. */
final class TrainSection {
  private static final int STEPS = 1000;

  private static final Map<String, String> TYPES =
      Map.of(
          "fp32", "f32",
          "float32", "f32",
          "float", "f32",
          "fp16", "f16",
          "float16", "f16",
          "half", "f16",
          "bf16", "bf16",
          "bfloat16", "bf16");

  private final ToolkitSettings settings;
  private final Section train;

  TrainSection(ToolkitSettings settings, Section train) {
    this.settings = settings;
    this.train = train;
  }

  void read() {
    long accumulate = accumulation();
    Optional<Long> steps = train.whole("steps").map(n -> Math.max(1, n / accumulate));
    settings.set(RunKeys.STEPS, steps, STEPS, train.origin("steps"));
    settings.set(RunKeys.BATCH, train.whole("batch_size"), 1, train.origin("batch_size"));
    settings.set(
        RunKeys.CHECKPOINTING,
        train.flag("gradient_checkpointing"),
        true,
        train.origin("gradient_checkpointing"));
    computed();
    noise();
    loss();
    preservation();
    train
        .number("reg_weight")
        .ifPresent(x -> settings.set(LossKeys.PRIOR_WEIGHT, x, train.origin("reg_weight")));
  }

  /** Steps there of one change of the weights: the older key counts each batch as a step. */
  static long perStep(Section train) {
    return Math.max(1, train.whole("gradient_accumulation_steps").orElse(1L));
  }

  private long accumulation() {
    Optional<Long> newer = train.whole("gradient_accumulation").filter(n -> n > 1);
    long older = perStep(train);
    if (train.whole("gradient_accumulation_steps").filter(n -> n < 1).isPresent()) {
      train.problem(
          "gradient_accumulation_steps",
          "below 1 adds up a whole epoch, which is not done here; say a number of batches.");
    }
    if (newer.isPresent() && older > 1) {
      train.problem("gradient_accumulation", "excludes gradient_accumulation_steps; remove one.");
    }
    if (older > 1) {
      train.note(
          "gradient_accumulation_steps",
          "counts each batch as a step; steps, save_every and sample_every are divided by it.");
      settings.set(RunKeys.ACCUMULATE, older, train.origin("gradient_accumulation_steps"));
    } else if (newer.isPresent()) {
      settings.set(RunKeys.ACCUMULATE, newer.get(), train.origin("gradient_accumulation"));
    }
    return older;
  }

  private void computed() {
    Optional<String> said = train.text("dtype");
    Optional<String> type = said.flatMap(TrainSection::type);
    if (said.isPresent() && type.isEmpty()) {
      train.problem("dtype", "is " + said.get() + "; expected bf16, fp16 or fp32.");
      return;
    }
    if (type.filter("f16"::equals).isPresent()) {
      train.note(
          "dtype",
          "is fp16: computed in F32 or BF16, whichever is faster here; compute = \"f16\" takes F16,"
              + " on a card.");
      type = Optional.of("auto");
    }
    settings.set(RunKeys.PRECISION, type, "f32", train.origin("dtype"));
  }

  /** The name here of a type there. */
  static Optional<String> type(String name) {
    return Optional.ofNullable(TYPES.get(name.toLowerCase(Locale.ROOT)));
  }

  private void noise() {
    train
        .number("noise_offset")
        .ifPresent(x -> settings.set(LossKeys.NOISE_OFFSET, x, train.origin("noise_offset")));
    Optional<Double> gamma = train.number("min_snr_gamma").filter(x -> x > 0);
    boolean flow = settings.architecture().flow();
    boolean velocity = settings.layers().entries().has(RunKeys.PREDICTION);
    if (gamma.isPresent() && (flow || velocity)) {
      train.problem(
          "min_snr_gamma",
          "is for bases that predict noise; "
              + (flow
                  ? "remove it."
                  : "set loss.min_snr_gamma, whose weights of v are the paper's."));
    } else if (gamma.isPresent()) {
      settings.set(LossKeys.MIN_SNR, gamma.get(), train.origin("min_snr_gamma"));
    }
  }

  private void loss() {
    String type = train.text("loss_type").orElse("mse").toLowerCase(Locale.ROOT);
    String origin = train.origin("loss_type");
    switch (type) {
      case "mse" -> settings.set(LossKeys.LOSS, "l2", origin);
      case "mae" -> settings.set(LossKeys.LOSS, "l1", origin);
      case "pseudo_huber" -> {
        settings.set(LossKeys.LOSS, "smooth_l1", origin);
        settings.set(LossKeys.HUBER_C, 0.01, origin);
        settings.set(LossKeys.HUBER_SCHEDULE, "constant", origin);
        train.note("loss_type", "is twice as large here as in ai-toolkit, of the same form.");
      }
      default ->
          train.problem(
              "loss_type",
              "is " + type + ", which is not done here; expected mse, mae or pseudo_huber.");
    }
    if (settings.architecture() == Architecture.FLUX) {
      Optional<Double> scale = train.number("cfg_scale");
      settings.unlessReplaced(LossKeys.GUIDANCE, () -> guidance(scale));
    } else {
      train.value("cfg_scale");
    }
  }

  /** Of the bases of FLUX.1's structure, those without a guidance embedding are told nothing. */
  private void guidance(Optional<Double> scale) {
    SettingLayers layers = settings.layers();
    Optional<String> base = layers.entries().find(RunKeys.BASE);
    if (base.isEmpty() || ToldGuidance.at(base.get())) {
      RunKey<Double> key = LossKeys.GUIDANCE;
      layers.set(key.name(), scale.orElse(1.0), train.origin("cfg_scale"));
      layers.note(
          train.origin("cfg_scale")
              + ": "
              + key.name()
              + " = "
              + scale.orElse(1.0)
              + ", the scale that ai-toolkit tells FLUX.1 in training.");
    }
  }

  private void preservation() {
    boolean kept = train.yes("diff_output_preservation");
    Optional<Double> weight = train.number("diff_output_preservation_multiplier");
    Optional<String> words = train.text("diff_output_preservation_class");
    if (kept) {
      String origin = train.origin("diff_output_preservation");
      settings.layers().set("preservation.weight", weight.orElse(1.0), origin);
      words.ifPresent(w -> settings.layers().set("preservation.class", w, origin));
    }
  }
}
