package dev.lora4j.studio.run;

import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/** What is there already where a training is to write, found before the training is queued. */
final class PreviousOutput {
  private static final String RESUME = "resume";
  private static final String OVERWRITE = "overwrite";

  /** What a request may say of it, with the options that say it to the command. */
  static final Map<String, String> FLAGS = Map.of(RESUME, "--resume", OVERWRITE, "--overwrite");

  private PreviousOutput() {}

  /**
   * Refuses to write over what is there unless the request says what is to become of it.
   *
   * @param output place of the adapter
   * @throws FieldException with what the user can do
   */
  static void require(JsonFields request, NewAdapter made, Path output) {
    String name = made.name();
    boolean resume = request.flag(RESUME, false);
    boolean overwrite = request.flag(OVERWRITE, false);
    if (resume && overwrite) {
      throw new FieldException(
          request.path(OVERWRITE),
          "A training either goes on (resume) or loses what is there (overwrite).");
    }
    LockedFolder.owner(made.run())
        .ifPresent(
            process -> {
              throw new FieldException(
                  request.path(NewAdapter.FIELD),
                  name
                      + " is being trained right now (process "
                      + process
                      + "). Stop that, wait for its end, or use another name.");
            });
    if (resume || overwrite) {
      return;
    }
    OptionalInt step = CheckpointPolicy.unfinished(made.run().resolve(RunFiles.CHECKPOINTS));
    if (step.isPresent()) {
      throw new FieldException(
          request.path(NewAdapter.FIELD),
          "There is a training of "
              + name
              + " that came to step "
              + step.getAsInt()
              + ". Go on with it (resume), lose it (overwrite), or use another name.");
    }
    if (there(output)) {
      throw new FieldException(
          request.path(NewAdapter.FIELD),
          "There is an adapter "
              + name
              + " already. Use another name, train that one further (from) under another name, or"
              + " lose it (overwrite).");
    }
  }

  /** An empty folder is nothing that could be lost. */
  private static boolean there(Path output) {
    String[] files = output.toFile().list();
    return Files.exists(output) && (files == null || files.length > 0);
  }
}
