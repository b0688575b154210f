package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Listener that is called under a guard, so that it may be interrupted and may request a stop. */
record GuardedListener(InterruptibleTask sign, RunListener listener) implements RunListener {
  @Override
  public void encoding(int done, int all) {
    sign.call(() -> listener.encoding(done, all));
    // There is no trained state to save yet.
    if (sign.stopRequested()) {
      throw new TrainingInterrupted(0, Optional.empty());
    }
  }

  @Override
  public void calibrating(int done, int all) {
    sign.call(() -> listener.calibrating(done, all));
    if (sign.stopRequested()) {
      throw new TrainingInterrupted(0, Optional.empty());
    }
  }

  @Override
  public void calibrated(List<String> notes) {
    sign.call(() -> listener.calibrated(notes));
  }

  @Override
  public void step(Step done) {
    sign.call(() -> listener.step(done));
  }

  @Override
  public void resumed(int step, List<String> notes) {
    sign.call(() -> listener.resumed(step, notes));
  }

  @Override
  public void notFinite(int step, NonFiniteStep where) {
    sign.call(() -> listener.notFinite(step, where));
  }

  @Override
  public void changed(int step, String change) {
    sign.call(() -> listener.changed(step, change));
  }

  @Override
  public void validated(int step, double loss, boolean best) {
    sign.call(() -> listener.validated(step, loss, best));
  }

  @Override
  public void measured(int step, Map<String, Double> measures) {
    sign.call(() -> listener.measured(step, measures));
  }

  @Override
  public void preview(int step, Adapter adapter) {
    sign.call(() -> listener.preview(step, adapter));
  }

  @Override
  public void adapter(int step, Adapter adapter) {
    sign.call(() -> listener.adapter(step, adapter));
  }

  @Override
  public void saving(int step) {
    sign.call(() -> listener.saving(step));
  }

  @Override
  public void notSaved(int step, String reason) {
    sign.call(() -> listener.notSaved(step, reason));
  }

  @Override
  public void saved(int step, Path checkpoint) {
    sign.call(() -> listener.saved(step, checkpoint));
  }

  @Override
  public void finished(int step, List<String> notes) {
    sign.call(() -> listener.finished(step, notes));
  }

  /**
   * Calls the listener without the guard, whose stop is requested already and would interrupt the
   * writing of a file.
   */
  @Override
  public void stopped(int step, List<String> notes, Adapter adapter) {
    listener.stopped(step, notes, adapter);
  }
}
