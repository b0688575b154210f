package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keeps what a run tells, and interrupts it after a step. */
final class Heard implements RunListener {
  final List<Step> steps = new ArrayList<>();
  final List<String> resumed = new ArrayList<>();
  final SortedMap<Integer, String> changes = new TreeMap<>();
  final Map<Integer, NonFiniteStep> notFinite = new TreeMap<>();
  final Map<Integer, Double> validated = new TreeMap<>();
  final Map<Integer, String> previews = new TreeMap<>();
  final List<Path> saved = new ArrayList<>();
  final List<Integer> notSaved = new ArrayList<>();
  final List<String> finished = new ArrayList<>();
  final List<String> stopped = new ArrayList<>();
  int best = -1;
  int result = -1;
  private final int stopAfter;

  /**
   * @param stopAfter the step after which the run is interrupted; 0 for never
   */
  Heard(int stopAfter) {
    this.stopAfter = stopAfter;
  }

  /** Changes after later steps than one. */
  Map<Integer, String> later(int step) {
    return changes.tailMap(step + 1);
  }

  @Override
  public void step(Step done) {
    steps.add(done);
    if (done.step() == stopAfter) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void resumed(int step, List<String> notes) {
    resumed.add(step + " " + notes);
  }

  @Override
  public void changed(int step, String change) {
    changes.put(step, change);
  }

  @Override
  public void notFinite(int step, NonFiniteStep where) {
    notFinite.put(step, where);
  }

  @Override
  public void validated(int step, double loss, boolean isBest) {
    validated.put(step, loss);
    best = isBest ? step : best;
  }

  @Override
  public void preview(int step, Adapter adapter) {
    previews.put(step, adapter.identity());
  }

  @Override
  public void notSaved(int step, String reason) {
    notSaved.add(step);
  }

  @Override
  public void saved(int step, Path checkpoint) {
    saved.add(checkpoint);
  }

  @Override
  public void finished(int step, List<String> notes) {
    result = step;
    finished.addAll(notes);
  }

  @Override
  public void stopped(int step, List<String> notes, Adapter adapter) {
    stopped.add(step + " " + adapter.identity());
  }
}
