package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingTask;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The first batches of a training, and the layers that they tell of.
 *
 * @param scope of all that is needed on the way
 * @param listener may end it by an interrupt
 */
record CalibrationData(Scope scope, TrainingTask task, RunListener listener) {
  /** Batch {@code number}, from 0, that the training begins with. */
  TrainingBatch batch(int number) {
    return task.batches(number, 1).get(0);
  }

  AdapterPlan plan() {
    return task.plan();
  }

  /** The layers that get factors, without those that are trained whole. */
  List<Site> layers() {
    return plan().sites().keySet().stream()
        .filter(s -> plan().recipe().methodAt(s).equals(plan().recipe().method()))
        .toList();
  }

  static Set<String> names(List<Site> layers) {
    return layers.stream().map(Site::name).collect(Collectors.toSet());
  }

  /** A failure as numbers of a layer are not finite. */
  TrainingFailure notFinite(String what, Site site, TrainingBatch batch) {
    return new TrainingFailure(
        "Calibration came to numbers that are not finite: "
            + what
            + " of "
            + site.name()
            + ", with "
            + String.join(", ", batch.items())
            + ". Take precision bf16 or f32, or look at these "
            + task.items()
            + ".");
  }
}
