package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.FLAG;
import static dev.lora4j.diffusion.config.KeyType.NUMBER;
import static dev.lora4j.diffusion.config.KeyType.PATH;
import static dev.lora4j.diffusion.config.RunKey.unset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys of an adapter that is active in training and is not trained. */
public final class TrainingAdapterKeys {
  /** File of the adapter. */
  public static final RunKey<String> FILE =
      unset(
          "training_adapter.file",
          PATH,
          "Adapter that is active in each step and not trained, as one that takes back the"
              + " distillation of the base");

  private static final RunKey<Double> WEIGHT =
      unset("training_adapter.weight", NUMBER, "Its weight; 1 if not given");
  private static final RunKey<Boolean> PREVIEWS =
      unset("training_adapter.previews", FLAG, "Whether previews have it too; false if not given");

  /** The table of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL = List.of(FILE, WEIGHT, PREVIEWS);

  private TrainingAdapterKeys() {}

  /**
   * Values of the keys.
   *
   * @param previews whether previews have the adapter too
   */
  public record Values(Path file, double weight, boolean previews) {}

  /** Values of the keys, if they name an adapter. */
  static Optional<Values> values(RunValues values) {
    return values
        .find(FILE)
        .map(
            file ->
                new Values(
                    Path.of(file),
                    values.find(WEIGHT).orElse(1.0),
                    values.find(PREVIEWS).orElse(false)));
  }

  /** Keys that do not go with others, as sentences. */
  static List<String> problems(RunValues values) {
    List<String> problems = new ArrayList<>();
    boolean others = FewStepKeys.asked(values) || SliderKeys.asked(values);
    for (RunKey<?> key : ALL) {
      boolean said = values.find(key).isPresent();
      if (said && others) {
        problems.add(
            values.origin(key)
                + ": "
                + key.name()
                + " does not go with learn = "
                + values.get(FewStepKeys.LEARN)
                + ", which learns from the base; take it away, or bake the adapter into the base.");
      } else if (said && values.find(FILE).isEmpty()) {
        problems.add(
            values.origin(key)
                + ": "
                + key.name()
                + " has no effect without training_adapter.file; set that, or take it away.");
      }
    }
    if (values.find(WEIGHT).filter(weight -> weight == 0).isPresent()) {
      problems.add(
          values.origin(WEIGHT)
              + ": training_adapter.weight is 0, with which the adapter does nothing; take"
              + " training_adapter.file away instead.");
    }
    return problems;
  }
}
