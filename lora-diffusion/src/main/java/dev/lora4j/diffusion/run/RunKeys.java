package dev.lora4j.diffusion.run;

import static dev.lora4j.diffusion.run.KeyType.FLAG;
import static dev.lora4j.diffusion.run.KeyType.NUMBER;
import static dev.lora4j.diffusion.run.KeyType.NUMBERS;
import static dev.lora4j.diffusion.run.KeyType.NUMBERS_BY_NAME;
import static dev.lora4j.diffusion.run.KeyType.PATH;
import static dev.lora4j.diffusion.run.KeyType.TEXT;
import static dev.lora4j.diffusion.run.KeyType.TEXTS;
import static dev.lora4j.diffusion.run.KeyType.WHOLE;
import static dev.lora4j.diffusion.run.KeyType.choice;
import static dev.lora4j.diffusion.run.KeyType.count;
import static dev.lora4j.diffusion.run.KeyType.number;
import static dev.lora4j.diffusion.run.RunKey.unset;

import java.util.List;
import java.util.Map;

/** All keys of a run, in the order in which a file has them. */
public final class RunKeys {
  private static final double ANY = Double.POSITIVE_INFINITY;

  // --- The run ---

  static final RunKey<String> BASE =
      unset(
          "base",
          PATH,
          "Folder or file of the base model; the bundled one if it is not given",
          "pretrained_model_name_or_path");
  static final RunKey<String> IMAGES =
      unset("images", PATH, "Folder of pictures, with captions beside them", "train_data_dir");
  static final RunKey<String> REGULARISATION =
      unset(
          "regularisation",
          PATH,
          "Folder of pictures of the class, which keep the base what it was",
          "reg_data_dir");
  static final RunKey<String> OUT = unset("out", PATH, "The adapter to write (.safetensors)");
  static final RunKey<Integer> STEPS =
      RunKey.of("steps", count(1), 1000, "Changes of the weights", "max_train_steps");
  static final RunKey<Integer> EPOCHS =
      unset("epochs", count(1), "Passes over all pictures; instead of steps", "max_train_epochs");
  static final RunKey<Integer> BATCH =
      RunKey.of("batch", count(1), 4, "Pictures at once", "train_batch_size");
  static final RunKey<Integer> ACCUMULATE =
      RunKey.of(
          "accumulate",
          count(1),
          1,
          "Batches whose gradients are added up for one step",
          "gradient_accumulation_steps");
  static final RunKey<Long> SEED = RunKey.of("seed", WHOLE, 0L, "Of everything random", "seed");
  static final RunKey<String> PRECISION =
      RunKey.of(
          "precision",
          choice("auto", "f32", "bf16", "f16"),
          "auto",
          "Type that the network computes in; auto measures which is faster");
  static final RunKey<String> STORED =
      RunKey.of("stored", choice("f16", "bf16", "f32"), "f16", "Type of the factors in the file");
  static final RunKey<String> LAYOUT =
      RunKey.of("layout", choice("kohya", "diffusers", "peft"), "kohya", "Layout of the file");
  static final RunKey<Boolean> CHECKPOINTING =
      RunKey.of(
          "checkpointing",
          FLAG,
          false,
          "Compute parts of the network twice to save memory",
          "gradient_checkpointing");
  static final RunKey<Integer> CLIP_SKIP =
      unset("clip_skip", count(1), "Layers of the text encoder counted from its end", "clip_skip");
  static final RunKey<String> NAME =
      unset("name", TEXT, "Of the adapter; that of the file if it is not given");
  static final RunKey<List<String>> TRIGGERS =
      RunKey.of("triggers", TEXTS, List.of(), "Words that call the adapter, written into the file");
  static final RunKey<String> COMMENT =
      unset("comment", TEXT, "Text for the file's metadata", "training_comment");

  // --- The adapter ---

  static final RunKey<String> METHOD =
      RunKey.of(
          "adapter.method",
          choice("lora", "loha", "lokr", "dora", "ia3", "full"),
          "lora",
          "How a layer is changed");
  static final RunKey<Integer> RANK =
      RunKey.of("adapter.rank", count(1), 16, "Size of the factors", "network_dim");
  static final RunKey<Double> ALPHA =
      unset(
          "adapter.alpha",
          number(0, ANY),
          "Divided by the rank it scales what is added; the rank if it is not given",
          "network_alpha");
  static final RunKey<Integer> CONV_RANK =
      unset("adapter.conv_rank", count(1), "Rank at convolutions; that of others if not given");
  static final RunKey<Double> CONV_ALPHA =
      unset("adapter.conv_alpha", number(0, ANY), "Alpha at convolutions");
  static final RunKey<List<String>> TARGETS =
      unset(
          "adapter.targets",
          TEXTS,
          "Which layers: names of presets; style if nothing is included either");
  static final RunKey<List<String>> INCLUDE =
      RunKey.of(
          "adapter.include", TEXTS, List.of(), "Patterns of layers to train instead of a preset");
  static final RunKey<List<String>> EXCLUDE =
      RunKey.of("adapter.exclude", TEXTS, List.of(), "Patterns of layers to leave out");
  static final RunKey<Map<String, Double>> RANKS =
      RunKey.of("adapter.ranks", NUMBERS_BY_NAME, Map.of(), "Ranks by pattern of layers");
  static final RunKey<Map<String, Double>> ALPHAS =
      RunKey.of("adapter.alphas", NUMBERS_BY_NAME, Map.of(), "Alphas by pattern of layers");
  static final RunKey<String> INIT =
      RunKey.of(
          "adapter.init",
          choice("kaiming", "gaussian", "orthogonal", "pissa"),
          "kaiming",
          "What the factors start from");
  static final RunKey<Boolean> RSLORA =
      RunKey.of("adapter.rslora", FLAG, false, "Alpha over the root of the rank");
  static final RunKey<Double> DROPOUT =
      RunKey.of(
          "adapter.dropout",
          number(0, 1),
          0.0,
          "Share left out between the factors",
          "network_dropout");
  static final RunKey<Double> INPUT_DROPOUT =
      RunKey.of("adapter.input_dropout", number(0, 1), 0.0, "Share of the layer's inputs left out");
  static final RunKey<Double> RANK_DROPOUT =
      RunKey.of("adapter.rank_dropout", number(0, 1), 0.0, "Share of ranks left out");
  static final RunKey<Double> MODULE_DROPOUT =
      RunKey.of("adapter.module_dropout", number(0, 1), 0.0, "Share of layers left out");
  static final RunKey<Double> MAX_NORM =
      unset(
          "adapter.max_norm",
          number(0, ANY),
          "Greatest norm of what is added at a layer; greater ones are scaled down",
          "scale_weight_norms");
  static final RunKey<Long> FACTOR =
      unset("adapter.factor", WHOLE, "LoKr: size of the first factor; the largest if not given");
  static final RunKey<Boolean> TEXT_ENCODER =
      RunKey.of("adapter.text_encoder", FLAG, false, "Train the text encoder too");

  // --- The optimiser ---

  static final RunKey<String> OPTIMIZER =
      RunKey.of("optimizer.name", TEXT, "adamw", "Rule by which weights change");
  static final RunKey<Double> RATE =
      RunKey.of(
          "optimizer.rate", number(0, ANY), 1e-4, "Learning rate at its highest", "learning_rate");
  static final RunKey<Double> UNET_RATE =
      unset("optimizer.unet_rate", number(0, ANY), "Rate of the denoiser alone", "unet_lr");
  static final RunKey<Double> TEXT_RATE =
      unset(
          "optimizer.text_encoder_rate",
          number(0, ANY),
          "Rate of the text encoder alone",
          "text_encoder_lr");
  static final RunKey<Double> UP_RATIO =
      RunKey.of(
          "optimizer.up_ratio",
          number(0, ANY),
          1.0,
          "Rate of the up factors over that of the others (LoRA+)",
          "loraplus_lr_ratio");
  static final RunKey<Map<String, Double>> OPTIMIZER_ARGS =
      RunKey.of(
          "optimizer.settings", NUMBERS_BY_NAME, Map.of(), "Settings of the rule, by their names");
  static final RunKey<Double> CLIP =
      RunKey.of(
          "optimizer.clip",
          number(0, ANY),
          1.0,
          "Greatest norm of the whole gradient; 0 for any",
          "max_grad_norm");
  static final RunKey<Double> EMA =
      RunKey.of("optimizer.average", number(0, 1), 0.0, "Share a moving average keeps; 0 for none");

  // --- The schedule ---

  static final RunKey<String> SCHEDULE =
      RunKey.of("schedule.name", TEXT, "cosine", "How the rate goes on", "lr_scheduler");
  static final RunKey<Double> WARMUP =
      unset(
          "schedule.warmup",
          number(0, ANY),
          "Rise at the beginning: a share of the steps below 1, else steps; 0.1 if not given",
          "lr_warmup_steps");
  static final RunKey<Integer> CYCLES =
      RunKey.of(
          "schedule.cycles",
          count(1),
          1,
          "Falls of cosine_with_restarts",
          "lr_scheduler_num_cycles");
  static final RunKey<Double> POWER =
      RunKey.of("schedule.power", number(0, ANY), 1.0, "Of polynomial", "lr_scheduler_power");
  static final RunKey<Double> LEAST_RATE =
      RunKey.of(
          "schedule.least",
          number(0, 1),
          0.0,
          "Share of the rate that is kept at the end",
          "lr_scheduler_min_lr_ratio");

  // --- The loss ---

  static final RunKey<Double> MIN_SNR =
      unset("loss.min_snr_gamma", number(0, ANY), "Cap of easy steps", "min_snr_gamma");
  static final RunKey<Boolean> DEBIASED =
      RunKey.of(
          "loss.debiased",
          FLAG,
          false,
          "Weigh by one over the root of the signal-to-noise ratio",
          "debiased_estimation_loss");
  static final RunKey<Double> NOISE_OFFSET =
      RunKey.of(
          "loss.noise_offset", number(0, ANY), 0.0, "Noise common to a channel", "noise_offset");
  static final RunKey<Boolean> NOISE_OFFSET_RANDOM =
      RunKey.of(
          "loss.noise_offset_random_strength",
          FLAG,
          false,
          "Draw the offset between 0 and its value",
          "noise_offset_random_strength");
  static final RunKey<Double> ADAPTIVE_NOISE =
      RunKey.of(
          "loss.adaptive_noise_scale",
          number(-1, 1),
          0.0,
          "Added to the offset by the latents' mean",
          "adaptive_noise_scale");
  static final RunKey<Integer> PYRAMID_LEVELS =
      RunKey.of(
          "loss.multires_noise_iterations",
          count(0),
          0,
          "Coarser noises added to the noise",
          "multires_noise_iterations");
  static final RunKey<Double> PYRAMID_DISCOUNT =
      RunKey.of(
          "loss.multires_noise_discount",
          number(0, 1),
          0.3,
          "What each coarser noise counts",
          "multires_noise_discount");
  static final RunKey<Double> INPUT_PERTURBATION =
      RunKey.of("loss.input_perturbation", number(0, ANY), 0.0, "Extra noise in", "ip_noise_gamma");
  static final RunKey<Boolean> INPUT_PERTURBATION_RANDOM =
      RunKey.of(
          "loss.input_perturbation_random_strength",
          FLAG,
          false,
          "Draw it between 0 and its value",
          "ip_noise_gamma_random_strength");
  static final RunKey<Boolean> V_LIKE_NOISE =
      RunKey.of(
          "loss.scale_v_pred_loss_like_noise_pred",
          FLAG,
          false,
          "Weigh v-predictions as noise predictions",
          "scale_v_pred_loss_like_noise_pred");
  static final RunKey<Double> V_LIKE_LOSS =
      RunKey.of(
          "loss.v_pred_like_loss",
          number(0, ANY),
          0.0,
          "Share of the v-prediction's loss that is added",
          "v_pred_like_loss");
  static final RunKey<Boolean> ZERO_TERMINAL =
      RunKey.of(
          "loss.zero_terminal_snr",
          FLAG,
          false,
          "Rescale the schedule to end in nothing but noise",
          "zero_terminal_snr");
  static final RunKey<String> LOSS =
      RunKey.of(
          "loss.kind",
          choice("l2", "l1", "huber", "smooth_l1"),
          "l2",
          "Measure of the error",
          "loss_type");
  static final RunKey<Double> HUBER_C =
      RunKey.of("loss.huber_c", number(0, ANY), 0.1, "Where huber turns linear", "huber_c");
  static final RunKey<String> HUBER_SCHEDULE =
      RunKey.of(
          "loss.huber_schedule",
          choice("constant", "exponential", "snr"),
          "snr",
          "How huber_c changes with the noise",
          "huber_schedule");
  static final RunKey<Integer> LEAST_TIMESTEP =
      RunKey.of("loss.min_timestep", count(0), 0, "Least noisy step to train", "min_timestep");
  static final RunKey<Integer> MOST_TIMESTEP =
      unset("loss.max_timestep", count(1), "Noisiest step to train, itself out", "max_timestep");
  static final RunKey<Double> PRIOR_WEIGHT =
      RunKey.of(
          "loss.prior_weight",
          number(0, ANY),
          1.0,
          "What pictures of the class count",
          "prior_loss_weight");
  static final RunKey<Boolean> MASKED =
      RunKey.of("loss.masked", FLAG, false, "Count only what masks show", "masked_loss");

  // --- Judging on the way ---

  static final RunKey<Double> VALIDATION_SHARE =
      RunKey.of(
          "validation.share",
          number(0, 0.5),
          0.0,
          "Share of the pictures kept out for the validation loss",
          "validation_split");
  static final RunKey<Integer> VALIDATION_EVERY =
      RunKey.of("validation.every", count(1), 50, "Steps between", "validate_every_n_steps");
  static final RunKey<Boolean> KEEP_BEST =
      RunKey.of(
          "validation.keep_best", FLAG, false, "Write the state with the least validation loss");

  static final RunKey<List<String>> PREVIEW_PROMPTS =
      RunKey.of("previews.prompts", TEXTS, List.of(), "Made at step 0 and every so often");
  static final RunKey<Integer> PREVIEW_EVERY =
      RunKey.of("previews.every", count(1), 250, "Steps between", "sample_every_n_steps");
  static final RunKey<List<Double>> PREVIEW_STRENGTHS =
      RunKey.of(
          "previews.strengths",
          NUMBERS,
          List.of(0.4, 0.6, 0.8, 1.0, 1.2),
          "Weights of the adapter, side by side");
  static final RunKey<Integer> PREVIEW_STEPS =
      RunKey.of("previews.steps", count(1), 20, "Of the sampler");
  static final RunKey<Double> PREVIEW_GUIDANCE =
      unset("previews.guidance", NUMBER, "Guidance scale; that of generate if not given");
  static final RunKey<Long> PREVIEW_SEED = RunKey.of("previews.seed", WHOLE, 0L, "Of the pictures");

  // --- What is kept ---

  static final RunKey<Integer> SAVE_EVERY =
      RunKey.of("save.every", count(1), 100, "Steps between checkpoints", "save_every_n_steps");
  static final RunKey<Integer> SAVE_KEEP =
      RunKey.of("save.keep", count(1), 2, "Checkpoints to keep", "save_last_n_steps_state");
  static final RunKey<Boolean> TENSORBOARD =
      RunKey.of("save.tensorboard", FLAG, true, "Write event files of TensorBoard");

  /** All of them. */
  public static final List<RunKey<?>> ALL =
      List.of(
          BASE,
          IMAGES,
          REGULARISATION,
          OUT,
          NAME,
          STEPS,
          EPOCHS,
          BATCH,
          ACCUMULATE,
          SEED,
          PRECISION,
          STORED,
          LAYOUT,
          CHECKPOINTING,
          CLIP_SKIP,
          TRIGGERS,
          COMMENT,
          METHOD,
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
          RSLORA,
          DROPOUT,
          INPUT_DROPOUT,
          RANK_DROPOUT,
          MODULE_DROPOUT,
          MAX_NORM,
          FACTOR,
          TEXT_ENCODER,
          OPTIMIZER,
          RATE,
          UNET_RATE,
          TEXT_RATE,
          UP_RATIO,
          OPTIMIZER_ARGS,
          CLIP,
          EMA,
          SCHEDULE,
          WARMUP,
          CYCLES,
          POWER,
          LEAST_RATE,
          MIN_SNR,
          DEBIASED,
          NOISE_OFFSET,
          NOISE_OFFSET_RANDOM,
          ADAPTIVE_NOISE,
          PYRAMID_LEVELS,
          PYRAMID_DISCOUNT,
          INPUT_PERTURBATION,
          INPUT_PERTURBATION_RANDOM,
          V_LIKE_NOISE,
          V_LIKE_LOSS,
          ZERO_TERMINAL,
          LOSS,
          HUBER_C,
          HUBER_SCHEDULE,
          LEAST_TIMESTEP,
          MOST_TIMESTEP,
          PRIOR_WEIGHT,
          MASKED,
          VALIDATION_SHARE,
          VALIDATION_EVERY,
          KEEP_BEST,
          PREVIEW_PROMPTS,
          PREVIEW_EVERY,
          PREVIEW_STRENGTHS,
          PREVIEW_STEPS,
          PREVIEW_GUIDANCE,
          PREVIEW_SEED,
          SAVE_EVERY,
          SAVE_KEEP,
          TENSORBOARD);

  private RunKeys() {}
}
