package dev.lora4j.core.format.metadata;

import java.util.SortedMap;

/**
 * Entries that kohya's trainer writes: {@code ss_} about the training, {@code sshs_} about the
 * file. Most trainers for pictures write the same.
 */
public final class KohyaKeys {
  /** Name of the adapter, as in AUTOMATIC1111's prompts. */
  public static final MetadataKey<String> OUTPUT_NAME = MetadataKey.text("ss_output_name");

  /** Flag of a Stable Diffusion 2 base. */
  public static final MetadataKey<Boolean> V2 = MetadataKey.flag("ss_v2");

  /** The kind of base, for example {@code sd_v1}; an open set. */
  public static final MetadataKey<String> BASE_VERSION = MetadataKey.text("ss_base_model_version");

  /** The trainer's Python module, for example {@code networks.lora}. */
  public static final MetadataKey<String> NETWORK_MODULE = MetadataKey.text("ss_network_module");

  /** The requested rank, as text, since it may be {@code Dynamic}; layers may have others. */
  public static final MetadataKey<String> NETWORK_DIM = MetadataKey.text("ss_network_dim");

  /** The requested alpha, as text, since it may be {@code Dynamic}; layers may have others. */
  public static final MetadataKey<String> NETWORK_ALPHA = MetadataKey.text("ss_network_alpha");

  /** Share of network dropout, as text, since it may be None. */
  public static final MetadataKey<String> NETWORK_DROPOUT = MetadataKey.text("ss_network_dropout");

  /** Further arguments of the module, for example {@code algo} and {@code conv_dim}. */
  public static final MetadataKey<SortedMap<String, String>> NETWORK_ARGS =
      MetadataKey.object("ss_network_args");

  /** File name of the base. */
  public static final MetadataKey<String> BASE_NAME = MetadataKey.text("ss_sd_model_name");

  /** SHA-256 of the base's file. */
  public static final MetadataKey<String> BASE_HASH = MetadataKey.text("ss_new_sd_model_hash");

  /** Old hash of the base's file, as {@link FileHashes#legacy} has it. */
  public static final MetadataKey<String> BASE_OLD_HASH = MetadataKey.text("ss_sd_model_hash");

  /** Pictures, counted as often as they were repeated. */
  public static final MetadataKey<Long> IMAGES = MetadataKey.whole("ss_num_train_images");

  /** Width and height, for example {@code (512, 512)}. */
  public static final MetadataKey<String> RESOLUTION = MetadataKey.text("ss_resolution");

  /** Steps that were done. */
  public static final MetadataKey<Long> STEPS = MetadataKey.whole("ss_steps");

  /** Number of requested steps. */
  public static final MetadataKey<Long> MAX_STEPS = MetadataKey.whole("ss_max_train_steps");

  /** Pictures in one batch. */
  public static final MetadataKey<Long> BATCH = MetadataKey.whole("ss_batch_size_per_device");

  /** Pictures that a change of the weights is made of. */
  public static final MetadataKey<Long> WHOLE_BATCH = MetadataKey.whole("ss_total_batch_size");

  /** Learning rate. */
  public static final MetadataKey<Double> LEARNING_RATE = MetadataKey.number("ss_learning_rate");

  /** Learning rate schedule. */
  public static final MetadataKey<String> SCHEDULE = MetadataKey.text("ss_lr_scheduler");

  /** Optimizer, with its arguments. */
  public static final MetadataKey<String> OPTIMIZER = MetadataKey.text("ss_optimizer");

  /** Share of pictures that were shown without their caption. */
  public static final MetadataKey<Double> CAPTION_DROPOUT =
      MetadataKey.number("ss_caption_dropout_rate");

  /** Seed of the training. */
  public static final MetadataKey<Long> SEED = MetadataKey.whole("ss_seed");

  /** Layers of the text encoder that were left out, counted from the end. */
  public static final MetadataKey<Long> CLIP_SKIP = MetadataKey.whole("ss_clip_skip");

  /** Free text; often the words that bring the adapter out. */
  public static final MetadataKey<String> COMMENT = MetadataKey.text("ss_training_comment");

  /** JSON: how often each tag stands in the captions of each folder. */
  public static final MetadataKey<String> TAG_FREQUENCY = MetadataKey.text("ss_tag_frequency");

  /** JSON: the folders of pictures, mostly called {@code REPEATS_WORD CLASS}. */
  public static final MetadataKey<String> FOLDERS = MetadataKey.text("ss_dataset_dirs");

  /** Folders of pictures for prior preservation, as JSON. */
  public static final MetadataKey<String> REGULARISATION_FOLDERS =
      MetadataKey.text("ss_reg_dataset_dirs");

  /** JSON: all of the data, where it has several parts. */
  public static final MetadataKey<String> DATA_SETS = MetadataKey.text("ss_datasets");

  /** {@link KohyaHashes#model}, as the file's writer computed it; often stale. */
  public static final MetadataKey<String> MODEL_HASH = MetadataKey.text("sshs_model_hash");

  /** {@link KohyaHashes#legacy}, as the file's writer computed it; often stale. */
  public static final MetadataKey<String> LEGACY_HASH = MetadataKey.text("sshs_legacy_hash");

  private KohyaKeys() {}
}
