package dev.lora4j.core.format.metadata;

/** Entries of the Stability AI Model Metadata Standard Specification, version 1.0.1. */
public final class ModelSpecKeys {
  /** Version of the specification; must be there. */
  public static final MetadataKey<String> VERSION = key("sai_model_spec");

  /** Kind of model, for example {@code stable-diffusion-v1/lora}; must be there. */
  public static final MetadataKey<String> ARCHITECTURE = key("architecture");

  /** The code that the names of the tensors are from; must be there. */
  public static final MetadataKey<String> IMPLEMENTATION = key("implementation");

  /** Title for people; must be there. */
  public static final MetadataKey<String> TITLE = key("title");

  /** Width and height that it is for, for example {@code 512x512}; must be there. */
  public static final MetadataKey<String> RESOLUTION = key("resolution");

  /** Description for people; should be present. */
  public static final MetadataKey<String> DESCRIPTION = key("description");

  /** Author; should be present. */
  public static final MetadataKey<String> AUTHOR = key("author");

  /** Date of creation, ISO 8601; should be present. */
  public static final MetadataKey<String> DATE = key("date");

  /** {@code 0x} and the SHA-256 of all that follows the header; should be there. */
  public static final MetadataKey<String> HASH = key("hash_sha256");

  /** Licence. */
  public static final MetadataKey<String> LICENSE = key("license");

  /** A short hint on its use. */
  public static final MetadataKey<String> USAGE_HINT = key("usage_hint");

  /** Comma-separated. */
  public static final MetadataKey<String> TAGS = key("tags");

  /** The words that bring it out. */
  public static final MetadataKey<String> TRIGGER_PHRASE = key("trigger_phrase");

  /** Sources of a merge. */
  public static final MetadataKey<String> MERGED_FROM = key("merged_from");

  /** Prediction type of the network: {@code epsilon} or {@code v}. */
  public static final MetadataKey<String> PREDICTION = key("prediction_type");

  /** A picture as a data URL. */
  public static final MetadataKey<String> THUMBNAIL = key("thumbnail");

  private ModelSpecKeys() {}

  private static MetadataKey<String> key(String name) {
    return MetadataKey.text("modelspec." + name);
  }
}
