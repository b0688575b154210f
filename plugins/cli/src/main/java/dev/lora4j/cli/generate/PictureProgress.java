package dev.lora4j.cli.generate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.diffusion.request.StepListener;
import java.util.Optional;

/**
 * Progress of pictures that are being made. Adapters that are mixed before the first step have a
 * bar of their own, as their time does not predict that of the steps; those mixed later show in the
 * existing bar.
 */
final class PictureProgress implements AutoCloseable {
  private final Console console;
  private final long steps;
  private Optional<Progress> mixing = Optional.empty();
  private Optional<Progress> generating = Optional.empty();
  private long before;

  /**
   * For all pictures.
   *
   * @param steps of all of them together
   */
  PictureProgress(Console console, long steps) {
    this.console = console;
    this.steps = steps;
  }

  /**
   * A listener for pictures that are made together.
   *
   * @param detail which they are
   */
  StepListener of(int pictures, String detail) {
    return new StepListener() {
      @Override
      public void done(int step, int ofSteps) {
        step(before + (long) step * pictures, detail);
      }

      @Override
      public void surveyed(int done, int all) {
        // The bar is full when all is mixed, and not before.
        mix(done - 1, all, "survey");
      }

      @Override
      public void mixed(int done, int all) {
        mix(done, all, "");
      }
    };
  }

  /** The pictures before are made, which took so many steps. */
  void finished(long took) {
    before += took;
  }

  private void step(long done, String detail) {
    mixing.ifPresent(Progress::close);
    mixing = Optional.empty();
    if (generating.isEmpty()) {
      generating = Optional.of(console.progress("generating", steps, "step"));
    }
    generating.get().done(done, detail);
  }

  private void mix(int done, int all, String detail) {
    if (generating.isPresent()) {
      String more = detail.isEmpty() ? "" : ", " + detail;
      generating.get().done(before, "mixing layer " + done + " of " + all + more);
      return;
    }
    if (mixing.isEmpty()) {
      mixing = Optional.of(console.progress("mixing", all, "layer"));
    }
    mixing.get().done(done, detail);
  }

  @Override
  public void close() {
    mixing.ifPresent(Progress::close);
    generating.ifPresent(Progress::close);
  }
}
