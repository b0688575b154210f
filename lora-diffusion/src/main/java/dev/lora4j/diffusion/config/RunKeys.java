package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.FLAG;
import static dev.lora4j.diffusion.config.KeyType.NUMBER;
import static dev.lora4j.diffusion.config.KeyType.NUMBERS;
import static dev.lora4j.diffusion.config.KeyType.PATH;
import static dev.lora4j.diffusion.config.KeyType.TEXT;
import static dev.lora4j.diffusion.config.KeyType.TEXTS;
import static dev.lora4j.diffusion.config.KeyType.WHOLE;
import static dev.lora4j.diffusion.config.KeyType.choice;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.extension;
import static dev.lora4j.diffusion.config.KeyType.extensions;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.train.log.Tracker;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The keys of a run; those of its larger parts are in classes of their own. */
public final class RunKeys {

  // --- The run ---

  public static final RunKey<String> BASE =
      unset(
          "base",
          PATH,
          "Folder or file of the base model; the bundled one if it is not given",
          "pretrained_model_name_or_path");
  public static final RunKey<String> BASE_CONFIG =
      unset(
          "base_config",
          PATH,
          "Folder of diffusers with configurations and tokenisers for a base in one file");
  public static final RunKey<String> DENOISER =
      unset(
          "denoiser",
          PATH,
          "File whose denoiser takes the place of the base's (.safetensors or .gguf)");
  public static final RunKey<String> PREDICTION =
      unset(
          "prediction",
          choice("epsilon", "v_prediction", "flow"),
          "What the base predicts, if it is not what the base says");
  public static final RunKey<String> IMAGES =
      unset("images", PATH, "Folder of pictures, with captions beside them", "train_data_dir");
  public static final RunKey<String> REGULARISATION =
      unset(
          "regularisation",
          PATH,
          "Folder of pictures of the class, which keep the base what it was",
          "reg_data_dir");
  public static final RunKey<String> OUT =
      unset("output", PATH, "The adapter to write (.safetensors)");
  public static final RunKey<Integer> STEPS =
      RunKey.of("steps", count(1), 1000, "Changes of the weights", "max_train_steps");
  public static final RunKey<Integer> EPOCHS =
      unset("epochs", count(1), "Passes over all pictures; instead of steps", "max_train_epochs");
  public static final RunKey<Integer> BATCH =
      RunKey.of("batch", count(1), 4, "Pictures at once", "train_batch_size");
  public static final RunKey<Integer> ACCUMULATE =
      RunKey.of(
          "gradient_accumulation",
          count(1),
          1,
          "Batches whose gradients are added up for one step",
          "gradient_accumulation_steps");
  public static final RunKey<Long> SEED =
      RunKey.of("seed", WHOLE, 0L, "Of everything random", "seed");
  public static final RunKey<String> PRECISION =
      RunKey.of(
          "compute",
          choice("auto", "f32", "bf16", "f16"),
          "auto",
          "Type that the network computes in; auto measures which is faster");
  public static final RunKey<String> BASE_PRECISION =
      unset(
          "base_precision",
          TEXT,
          "How the base's large weights are kept: nf4, fp4, int8, fp8, full or stored");
  public static final RunKey<String> WEIGHTS_MEMORY =
      unset(
          "weights_memory",
          TEXT,
          "The most that weights may take in memory, such as 4GB; the rest is read block by block");
  public static final RunKey<String> STORED =
      RunKey.of("dtype", choice("f16", "bf16", "f32"), "f16", "Type of the factors in the file");
  public static final RunKey<String> LAYOUT =
      RunKey.of("layout", extension(AdapterWriter.class), "kohya", "Layout of the file");
  public static final RunKey<Boolean> CHECKPOINTING =
      RunKey.of(
          "checkpointing",
          FLAG,
          false,
          "Compute parts of the network twice to save memory",
          "gradient_checkpointing");
  public static final RunKey<Integer> CLIP_SKIP =
      unset("clip_skip", count(1), "Layers of the text encoder counted from its end", "clip_skip");
  public static final RunKey<Integer> CAPTION_CHUNKS =
      RunKey.of(
          "caption_chunks",
          count(1),
          1,
          "Runs of the text encoders over a caption, of 75 tokens each for Stable Diffusion");
  public static final RunKey<String> NAME =
      unset("name", TEXT, "Of the adapter; that of the file if it is not given", "metadata_title");
  public static final RunKey<List<String>> TRIGGERS =
      RunKey.of(
          "trigger_words", TEXTS, List.of(), "Words that call the adapter, written into the file");
  public static final RunKey<String> COMMENT =
      unset("comment", TEXT, "Text for the file's metadata", "training_comment");

  // --- Judging on the way ---

  public static final RunKey<Double> VALIDATION_SHARE =
      RunKey.of(
          "validation.split",
          number(0, 0.5),
          0.0,
          "Share of the pictures kept out for the validation loss",
          "validation_split");
  public static final RunKey<Integer> VALIDATION_EVERY =
      RunKey.of("validation.every", count(1), 50, "Steps between", "validate_every_n_steps");
  public static final RunKey<Integer> VALIDATION_EPOCHS =
      unset(
          "validation.every_epochs",
          count(1),
          "Epochs between; instead of steps",
          "validate_every_n_epochs");
  public static final RunKey<Boolean> KEEP_BEST =
      RunKey.of(
          "validation.keep_best", FLAG, false, "Write the state with the least validation loss");

  public static final RunKey<List<String>> PREVIEW_PROMPTS =
      unset(
          "previews.prompts",
          TEXTS,
          "Made at step 0 and every so often; captions of up to 4 pictures if not given, [] for none");
  public static final RunKey<Integer> PREVIEW_EVERY =
      RunKey.of("previews.every", count(1), 250, "Steps between", "sample_every_n_steps");
  public static final RunKey<Integer> PREVIEW_EPOCHS =
      unset(
          "previews.every_epochs",
          count(1),
          "Epochs between; instead of steps",
          "sample_every_n_epochs");
  public static final RunKey<List<Double>> PREVIEW_STRENGTHS =
      unset(
          "previews.strengths",
          NUMBERS,
          "Weights of the adapter, side by side; 0.4 to 1.2 if not given, for captions 1");
  public static final RunKey<Integer> PREVIEW_STEPS =
      RunKey.of("previews.steps", count(1), 20, "Of the sampler");
  public static final RunKey<Double> PREVIEW_GUIDANCE =
      unset("previews.guidance", NUMBER, "Guidance scale; the base's default if not given");
  public static final RunKey<Long> PREVIEW_SEED =
      RunKey.of("previews.seed", WHOLE, 0L, "Of the pictures");

  // --- Checkpoints ---

  public static final RunKey<Integer> SAVE_EVERY =
      RunKey.of("save.every", count(1), 100, "Steps between checkpoints");
  public static final RunKey<Integer> SAVE_KEEP =
      RunKey.of("save.keep", count(1), 2, "Checkpoints to keep");
  public static final RunKey<Integer> ADAPTERS =
      unset(
          "save.adapters",
          count(1),
          "Steps between adapters that are written on the way",
          "save_every_n_steps");
  public static final RunKey<Integer> ADAPTER_EPOCHS =
      unset(
          "save.adapters_epochs",
          count(1),
          "Epochs between those; instead of steps",
          "save_every_n_epochs");
  public static final RunKey<List<String>> TRACKERS =
      unset(
          "logging.trackers",
          extensions(Tracker.class),
          "Where numbers and previews go, with settings as NAME:KEY=VALUE; tensorboard, csv and"
              + " chart if not given");

  private static final List<RunKey<?>> OF_THE_RUN =
      List.of(
          BASE,
          BASE_CONFIG,
          DENOISER,
          PREDICTION,
          FewStepKeys.LEARN,
          IMAGES,
          REGULARISATION,
          OUT,
          STEPS,
          EPOCHS,
          BATCH,
          ACCUMULATE,
          SEED,
          PRECISION,
          BASE_PRECISION,
          WEIGHTS_MEMORY,
          STORED,
          LAYOUT,
          CHECKPOINTING,
          CLIP_SKIP,
          CAPTION_CHUNKS,
          NAME,
          TRIGGERS,
          COMMENT);

  private static final List<RunKey<?>> ON_THE_WAY =
      List.of(
          VALIDATION_SHARE,
          VALIDATION_EVERY,
          VALIDATION_EPOCHS,
          KEEP_BEST,
          PREVIEW_PROMPTS,
          PREVIEW_EVERY,
          PREVIEW_EPOCHS,
          PREVIEW_STRENGTHS,
          PREVIEW_STEPS,
          PREVIEW_GUIDANCE,
          PREVIEW_SEED,
          SAVE_EVERY,
          SAVE_KEEP,
          ADAPTERS,
          ADAPTER_EPOCHS,
          TRACKERS);

  /** All keys of a run, in the order in which a file has them. */
  public static final List<RunKey<?>> ALL =
      Stream.of(
              OF_THE_RUN,
              DescriptionKeys.ALL,
              AdapterKeys.ALL,
              OptimizerKeys.ALL,
              LossKeys.ALL,
              TimestepKeys.ALL,
              FewStepKeys.ALL,
              SliderKeys.ALL,
              PreservationKeys.ALL,
              TrainingAdapterKeys.ALL,
              ON_THE_WAY)
          .<RunKey<?>>flatMap(Collection::stream)
          .toList();

  /** Keys in steps, and the same in epochs: a run has one of both. */
  static final Map<RunKey<Integer>, RunKey<Integer>> EPOCHS_INSTEAD = epochsInstead();

  private RunKeys() {}

  private static Map<RunKey<Integer>, RunKey<Integer>> epochsInstead() {
    Map<RunKey<Integer>, RunKey<Integer>> pairs = new LinkedHashMap<>();
    pairs.put(STEPS, EPOCHS);
    pairs.put(VALIDATION_EVERY, VALIDATION_EPOCHS);
    pairs.put(PREVIEW_EVERY, PREVIEW_EPOCHS);
    pairs.put(ADAPTERS, ADAPTER_EPOCHS);
    return Collections.unmodifiableMap(pairs);
  }
}
