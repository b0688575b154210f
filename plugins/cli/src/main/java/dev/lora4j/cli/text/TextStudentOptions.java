package dev.lora4j.cli.text;

import dev.lora4j.cli.train.StudentInit;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.StudentFactors;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the adapter of a language model that learns from others. */
final class TextStudentOptions {
  private static final long USUAL = 16;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: the greatest of the teachers).")
  private Optional<Integer> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Divided by the rank it scales the adapter (default: the rank).")
  private Optional<Double> alpha = Optional.empty();

  @Mixin private final StudentInit init = new StudentInit();

  @Option(
      names = "--beta",
      paramLabel = "X",
      description =
          "Generalised Jensen-Shannon divergence between forward (0: say all that the teacher could"
              + " say) and reverse (1: say what it says most) (default: ${DEFAULT-VALUE}, as TRL).",
      defaultValue = "0.5")
  private double beta;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description =
          "Divides the logits of both in the divergence; above 1 unlikely tokens count more"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double temperature;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description =
          "Share of each teacher's texts to validate by and to compare the student on; 0 for none"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.05")
  private double heldOut;

  /** Refuses numbers that nothing can be trained with. */
  void require() {
    if (!(beta >= 0 && beta <= 1)) {
      throw wrong("--beta must be from 0 to 1, found " + beta + ".");
    }
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw wrong("--temperature must be above 0, found " + temperature + ".");
    }
    if (rank.orElse(1) < 1) {
      throw wrong("--rank must be at least 1, found " + rank.orElseThrow() + ".");
    }
    double scale = alpha.orElse(1.0);
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw wrong("--alpha must be above 0, found " + scale + ".");
    }
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw wrong("--held-out must be at least 0 and below 1, found " + heldOut + ".");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  JensenShannonDivergence divergence() {
    return new JensenShannonDivergence(beta, temperature);
  }

  double heldOut() {
    return heldOut;
  }

  /** True if it begins as the teachers' mean. */
  boolean merges() {
    return init.merges();
  }

  /** The rank, or else the greatest of the teachers. */
  int rank(List<Adapter> teachers) {
    long greatest = teachers.stream().mapToLong(Provenance::greatestRank).max().orElse(0);
    return rank.orElseGet(() -> Math.toIntExact(greatest == 0 ? USUAL : greatest));
  }

  double alpha(int size) {
    return alpha.orElse((double) size);
  }

  /** The adapter that the student begins as. */
  Adapter first(
      LanguageModel model, List<StudentFactors.Teacher> teachers, long seed, String name) {
    int size = rank(teachers.stream().map(StudentFactors.Teacher::adapter).toList());
    StudentFactors factors =
        new StudentFactors(
            List.copyOf(model.base().sites().all()),
            TextModel.MODEL,
            teachers,
            size,
            alpha(size),
            seed);
    return init.first(
        () -> {
          try (Scope work = model.scope().child("merged-teachers")) {
            return factors.merged(work, name);
          }
        },
        () -> factors.fresh(name));
  }
}
