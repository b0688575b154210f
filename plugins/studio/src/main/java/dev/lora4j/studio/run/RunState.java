package dev.lora4j.studio.run;

import dev.lora4j.cli.file.LockedFolder;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;

/** How a training stands, by its files. */
enum RunState {
  /** A process works in its folder. */
  RUNNING,
  /** Its adapter is written. */
  FINISHED,
  /** It can be gone on with. */
  UNFINISHED;

  static RunState of(RunFolder run) {
    return of(run, LockedFolder.owner(run.path()), NewestCheckpoint.in(run.checkpoints()));
  }

  static RunState of(RunFolder run, Optional<Long> process, NewestCheckpoint newest) {
    if (process.isPresent()) {
      return RUNNING;
    }
    boolean trained = newest.step() > 0 && newest.step() >= newest.steps();
    // Checkpoints of a finished training may have been removed to save room.
    boolean written = RunStamp.time(run.adapter()) >= RunStamp.time(run.table());
    boolean finished = newest.step() > 0 ? trained : written;
    return finished && Files.exists(run.adapter()) ? FINISHED : UNFINISHED;
  }

  /** Its name for pages. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
