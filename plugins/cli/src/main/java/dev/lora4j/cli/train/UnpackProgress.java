package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.diffusion.dataset.archive.UnpackListener;
import java.nio.file.Path;
import java.util.Optional;

/** Says on the console how archives of pictures are unpacked. */
final class UnpackProgress implements UnpackListener {
  private static final long MEGABYTE = 1_000_000;

  private final Console console;
  private Optional<Progress> progress = Optional.empty();
  private long most;

  UnpackProgress(Console console) {
    this.console = console;
  }

  @Override
  public void begins(Path from, long bytes) {
    most = megabytes(bytes);
    progress = Optional.of(console.progress("unpacking " + from.getFileName(), most, "MB"));
  }

  @Override
  public void progress(long pictures, long bytes) {
    // Pictures that were packed have more bytes than their shards, and what is done is told each
    // time.
    long done = Math.max(0, Math.min(megabytes(bytes), most - 1));
    progress.ifPresent(p -> p.done(done, pictures + (pictures == 1 ? " picture" : " pictures")));
  }

  @Override
  public void ends() {
    progress.ifPresent(Progress::close);
    progress = Optional.empty();
  }

  @Override
  public void unpacked(Path from, Path folder, long pictures) {
    console.note(pictures(pictures) + " of " + from + " unpacked to " + folder + ".");
  }

  @Override
  public void kept(Path from, Path folder, long pictures) {
    console.note(
        pictures(pictures)
            + " of "
            + from
            + " are in "
            + folder
            + " from an earlier run; nothing is unpacked again.");
  }

  private static String pictures(long count) {
    return count + (count == 1 ? " picture" : " pictures");
  }

  private static long megabytes(long bytes) {
    return (bytes + MEGABYTE - 1) / MEGABYTE;
  }
}
