package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.TEXT;
import static dev.lora4j.diffusion.config.KeyType.number;
import static dev.lora4j.diffusion.config.RunKey.unset;

import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keys of what is kept as the base has it while an adapter learns. */
final class PreservationKeys {
  private static final double MOST = 1000;

  private static final RunKey<String> CLASS =
      unset(
          "preservation.class",
          TEXT,
          "Words in the trigger's place, with which the base's predictions are kept");
  private static final RunKey<Double> WEIGHT =
      unset(
          "preservation.weight",
          number(0, MOST),
          "What that counts beside the pictures; 1 with a class, alone without the trigger");

  /** The table of them, in the order in which a file has them. */
  static final List<RunKey<?>> ALL = List.of(CLASS, WEIGHT);

  private PreservationKeys() {}

  private static double weight(RunValues values) {
    return values.find(WEIGHT).orElse(values.find(CLASS).isPresent() ? 1.0 : 0.0);
  }

  /** Keys that do not go with what is learned, as sentences. */
  static List<String> problems(RunValues values) {
    List<String> problems = new ArrayList<>();
    String learned = values.get(FewStepKeys.LEARN);
    for (RunKey<?> key : ALL) {
      if (values.find(key).isPresent() && (FewStepKeys.asked(values) || SliderKeys.asked(values))) {
        problems.add(
            values.origin(key)
                + ": "
                + key.name()
                + " has no effect with learn = "
                + learned
                + ", which learns no trigger; take it away.");
      }
    }
    if (weight(values) > 0 && values.get(AdapterKeys.TEXT_ENCODER)) {
      problems.add(
          "preservation compares with the base's predictions for captions that the base's own text"
              + " encoders read, so they cannot be trained beside it; take adapter.text_encoder or"
              + " preservation away.");
    }
    return problems;
  }

  /**
   * The settings of the keys, if something is kept.
   *
   * @throws RunProblems if there is no trigger, or no caption has one
   */
  static Optional<ClassPreservation> settings(RunValues values, DataSet data) {
    double weight = weight(values);
    if (weight == 0) {
      return Optional.empty();
    }
    List<DataItem> learned = data.training().stream().filter(i -> !i.regularisation()).toList();
    Set<String> triggers = new LinkedHashSet<>(values.triggers());
    learned.forEach(item -> triggers.add(item.source().captions().trigger()));
    triggers.removeIf(String::isBlank);
    if (triggers.isEmpty()) {
      throw new RunProblems(
          List.of(
              "preservation keeps what is drawn without the trigger, and there is none: say the word"
                  + " that calls the adapter, --trigger \"zkw\" (data.trigger), or take preservation"
                  + " away."));
    }
    ClassPreservation how =
        new ClassPreservation(List.copyOf(triggers), values.find(CLASS).orElse(""), weight);
    boolean called =
        learned.stream()
            .anyMatch(i -> i.recipe().longest(i.caption()).stream().anyMatch(how::calledBy));
    if (!called && !learned.isEmpty()) {
      throw new RunProblems(
          List.of(
              "preservation keeps what is drawn without the trigger, and no caption has "
                  + String.join(" or ", triggers)
                  + ", so that it would keep the adapter from learning at all; data.trigger puts it"
                  + " before captions."));
    }
    return Optional.of(how);
  }
}
