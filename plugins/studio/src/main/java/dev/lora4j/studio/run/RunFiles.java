package dev.lora4j.studio.run;

import dev.lora4j.core.train.log.CsvTracker;

/** Names of the files in the folder of a training, as {@code train} writes them. */
final class RunFiles {
  /** Ending of the folder's own name. */
  static final String ENDING = ".run";

  /** All settings, written when what was there before is gone. */
  static final String SETTINGS = "run.toml";

  /** Numbers of each step, written when the first one was taken. */
  static final String TABLE = CsvTracker.FILE;

  /** Folder of the states from which it can go on. */
  static final String CHECKPOINTS = "checkpoints";

  /** Folder of pictures on the way. */
  static final String PREVIEWS = "previews";

  /** Folder of adapters on the way. */
  static final String ADAPTERS = "adapters";

  private RunFiles() {}
}
