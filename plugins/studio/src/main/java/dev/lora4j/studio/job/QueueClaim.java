package dev.lora4j.studio.job;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.LockedFolder;
import java.nio.file.Path;

/** The right of one studio to run the jobs of a folder: two would start each job twice. */
final class QueueClaim implements AutoCloseable {
  private final LockedFolder folder;

  private QueueClaim(LockedFolder folder) {
    this.folder = folder;
  }

  /**
   * Claims a folder of jobs, which is made if it is not there.
   *
   * @throws Failure if another studio has it, or it cannot be written
   */
  static QueueClaim of(Path jobs) {
    try {
      return new QueueClaim(LockedFolder.of(jobs));
    } catch (Failure e) {
      Path folder = jobs.toAbsolutePath().getParent();
      throw LockedFolder.owner(jobs)
          .map(
              process ->
                  new Failure(
                      "A studio keeps its files in "
                          + folder
                          + " already (process "
                          + process
                          + "). Use that one, close it, or name another folder by --folder.",
                      e))
          .orElse(e);
    }
  }

  @Override
  public void close() {
    folder.close();
  }
}
