package dev.lora4j.server.a1111;

import dev.lora4j.server.json.JsonFields;

/**
 * The settings of A1111 that matter here; all others change nothing of a picture.
 *
 * @param checkpoint name of the base; empty for the first that fits
 * @param clipStop the layer of the text encoders that is taken, counted from the last as 1
 */
record Settings(String checkpoint, int clipStop) {
  /** The settings of a server that nobody has changed. */
  static final Settings USUAL = new Settings("", 1);

  static final String CHECKPOINT = "sd_model_checkpoint";
  static final String CLIP = "CLIP_stop_at_last_layers";
  private static final int MOST_LAYERS = 64;

  /** With those that an object has. */
  Settings with(JsonFields changes) {
    return new Settings(
        changes.text(CHECKPOINT).orElse(checkpoint),
        changes.integer(CLIP, 1, MOST_LAYERS).orElse(clipStop));
  }
}
